import TestSupport
import Testing
import VAECore

/// The columns of a mix as text and back.
struct LikelihoodColumnsTests {
  static let texts: [(String, Likelihood.Columns)] = [
    ("gaussian:5", .init(5, .gaussian())),
    ("gaussian(learned,sigmoid):5", .init(5, .gaussian(variance: .learned, mean: .sigmoid))),
    ("categorical:3", .init(3, .categorical(groups: [3]))),
    ("categorical(3,4):7", .init(7, .categorical(groups: [3, 4]))),
    ("category(sizes=3;4):2", .init(2, .category(sizes: [3, 4]))),
    ("category(sizes=2;1,counts=0;7;12):2", .init(2, .category(sizes: [2, 1], counts: [0, 7, 12]))),
    ("mixture:4", .init(4, .mixture(MixtureColumn()))),
    (
      "mixture(components=4,mean=38.6,deviation=13.5,interval=1,points=0;99999):1",
      .init(1, .mixture(MixtureColumn(mean: 38.6, deviation: 13.5, interval: 1, points: [0, 99999], components: 4)))
    ),
    (
      "mixture(components=2,mean=7,deviation=4,interval=1,points=0,weights=0.3;0.5;0.2,means=5;11,deviations=1.5;3):2",
      .init(2, .mixture(.ofWholeNumbers))
    ),
  ]

  @Test(arguments: texts) func roundTrip(text: String, columns: Likelihood.Columns) throws {
    #expect(columns.text == text)
    #expect(try Likelihood.Columns.list(text) == [columns])
    #expect(try Likelihood.Columns.list("poisson:2,\(text)") == [.init(2, .poisson), columns])
  }

  /// Every bit of a number comes back.
  @Test func numbersAreExact() throws {
    var random = TestRandom(3)
    for _ in 0..<200 {
      var column = MixtureColumn(
        mean: 1e6 * random.normal(), deviation: random.uniform(), interval: random.uniform(),
        points: [random.normal(), 1e-300, -9e15, 1.0 / 3], components: 2)
      (column.means, column.deviations) = ([random.normal(), 1e300], [random.uniform(), .leastNonzeroMagnitude])
      column.weights = (0..<6).map { _ in random.uniform() }
      let columns = Likelihood.Columns(1, .mixture(column))
      #expect(try Likelihood.Columns.list(columns.text) == [columns])
    }
  }

  /// Other ways of writing the same.
  @Test(arguments: [
    ("category(category_sizes=3;4):2", "category(sizes=3;4):2"), ("category(3,4):2", "category(sizes=3;4):2"),
    ("mixture(4,interval=1):1", "mixture(components=4,interval=1):1"),
    ("mixture( mean=2 , points=1):1", "mixture(mean=2,points=1):1"),
    ("gaussian(variance=learned):1", "gaussian(learned):1"),
  ])
  func alsoReads(text: String, usual: String) throws {
    #expect(try Likelihood.Columns.list(text).map(\.text) == [usual])
  }

  @Test(arguments: [
    ("mixture(mean=x):1", ["mean=x", "no setting of mixture"]),
    ("mixture(middle=1):1", ["middle=1", "no setting of mixture"]),
    ("mixture(mean=1,mean=2):1", ["mean=2"]), ("category(sizes=a;b):2", ["sizes=a;b"]),
    ("gaussian(groups=3):1", ["groups=3", "no setting of gaussian"]),
    ("mixture(points=1;;2):1", ["mixture_points", "1;;2"]),
  ])
  func refuses(text: String, words: [String]) {
    let error = #expect(throws: VAEError.self) { try Likelihood.Columns.list(text) }
    #expect(error?.kind == .configuration && error?.lacks(words) == [], "\(error?.description ?? "")")
  }

  /// What is wrong with a long text is said with its beginning.
  @Test func longTextsAreShortened() {
    let text = "mixture(points=" + (0..<60).map(String.init).joined(separator: ";") + ",middle=3):1"
    let error = #expect(throws: VAEError.self) { try Likelihood.Columns.list(text) }
    #expect(error?.lacks(["mixture(points=0;1;", "…", "middle=3"]) == [] && (error?.description.count ?? 999) < 200)
  }
}
