import Testing
import VAECore

struct PathPartsTests {
  @Test(arguments: [
    ("x", "", "x"), ("x.npy", "", "x.npy"), ("a/b", "a", "b"), ("a/b/c.npy", "a/b", "c.npy"), ("a/b/", "a", "b"),
    ("a//b//", "a", "b"), ("x/", "", "x"), ("/x", "/", "x"), ("//x", "/", "x"), ("/a/x", "/a", "x"), ("./x", ".", "x"),
    ("", "", ""), ("/", "", ""), ("ä/é", "ä", "é"), ("a/\u{301}b", "a", "\u{301}b"),
  ])
  func folderAndName(path: String, folder: String, name: String) {
    let parts = PathParts(path)
    #expect(parts.folder == folder && parts.name == name)
  }
}
