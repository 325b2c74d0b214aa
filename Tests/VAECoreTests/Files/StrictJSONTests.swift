import TestSupport
import Testing
import VAECore

/// JSON whose objects name each member once; everything else is Foundation's.
struct StrictJSONTests {
  @Test(arguments: [
    #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":1}"#, #"{"\"":1,"\u0022":1}"#,
    #"{ "a" : 1 , "a" : 2 }"#,
  ])
  func refusesAMemberTwice(text: String) {
    let error = #expect(throws: VAEError.self) {
      _ = try StrictJSON.decode([String: Int].self, from: Array(text.utf8), "It")
    }
    #expect(error?.lacks("It: ", "stands there twice") == [])
  }

  @Test func refusesAMemberTwiceAnywhere() {
    for text in [#"[{"a":1},{"b":{"c":2,"c":3}}]"#, #"[{"a":[{"x":1},{"x":1,"x":2}]}]"#] {
      let error = #expect(throws: VAEError.self) {
        _ = try StrictJSON.decode([[String: Anything]].self, from: Array(text.utf8), "It")
      }
      #expect(error?.lacks("stands there twice") == [])
    }
  }

  /// The same name in other objects, as a value, or with the signs of JSON in it, is no repetition.
  @Test func takesWhatOnlyLooksLikeRepetition() throws {
    let text = #"[{"a":"a","b":"a","}":"{","{\"a\":1":"\"","\\":"\\"},{"a":",","c":"\"a\":"}]"#
    let value = try StrictJSON.decode([[String: String]].self, from: Array(text.utf8), "It")
    #expect(value[0] == ["a": "a", "b": "a", "}": "{", "{\"a\":1": "\"", "\\": "\\"])
    #expect(value[1] == ["a": ",", "c": "\"a\":"])
  }

  @Test func saysWhereATypeIsWrong() {
    let error = #expect(throws: VAEError.self) {
      _ = try StrictJSON.decode([String: [Int]].self, from: Array(#"{"sizes":["x"]}"#.utf8), "The file")
    }
    #expect(error?.lacks("The file", "sizes") == [])
  }

  @Test(arguments: ["{\"a\":1.5}", "{\"a\":1e300}", "{\"a\":99999999999999999999}"])
  func saysThatANumberDoesNotFit(text: String) {
    let error = #expect(throws: VAEError.self) {
      _ = try StrictJSON.decode([String: Int].self, from: Array(text.utf8), "The file")
    }
    #expect(error?.lacks("The file", "number") == [])
  }

  @Test(arguments: ["", "{", "{\"a\":1}}", "nul", "\"", "\"\\", "{\"a\":1} x"])
  func refusesWhatIsNotJSON(text: String) {
    let error = #expect(throws: VAEError.self) {
      _ = try StrictJSON.decode([String: Int].self, from: Array(text.utf8), "The file")
    }
    #expect(error?.lacks("The file does not hold what it should") == [])
  }

  /// Takes any value without looking at it.
  private struct Anything: Decodable {
    init(from decoder: any Decoder) throws {}
  }
}
