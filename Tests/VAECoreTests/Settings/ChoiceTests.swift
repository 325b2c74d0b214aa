import TestSupport
import Testing
import VAECore

/// What a setting chooses by name is found, refused and registered accordingly.
struct ChoiceTests {
  struct Coffee: Choice {
    static let name = "coffee"
    static let refusals = ["lemon": "it would curdle the milk"]
    static let usual = Coffee()
    static let settings: [Setting<Coffee>] = [Setting("milk", \.milk, "How much.", .belowOne)]
    var milk = 0.1
  }

  struct Tea: Choice {
    static let name = "tea"
    static let usual = Tea()
    static let settings: [Setting<Tea>] = [
      Setting("lemon", \.lemon, "How much."), Setting("minutes", \.minutes, "How long it draws."),
    ]
    var lemon = 0.0
    var minutes = 3
  }

  /// With the name of another.
  struct Mocha: Choice {
    static let name = "coffee"
    static let usual = Mocha()
    static let settings: [Setting<Mocha>] = []
  }

  @Test func chosenByName() throws {
    let drinks = Choices("drink", [Coffee.self, Tea.self])
    #expect(try drinks.make("coffee", ["milk": .number(0.3)]) as? Coffee == Coffee(milk: 0.3))
    #expect(try drinks.make("tea", [:]) as? Tea == Tea())
    #expect(drinks.entries.map(\.name) == ["milk", "lemon", "minutes"])
    let refused: [(String, [String: SettingValue], [String])] = [
      ("beer", [:], ["no drink \"beer\"", "coffee, tea"]),
      ("tea", ["milk": .number(0.1)], ["The drink tea has no milk", "coffee has"]),
      ("coffee", ["lemon": .number(1)], ["coffee has no lemon", "curdle"]),
      ("tea", ["sugar": .number(1)], ["tea has no sugar."]),
      ("coffee", ["milk": .text("much")], ["\"milk\"", "\"much\""]),
    ]
    for (name, values, words) in refused {
      let error = #expect(throws: VAEError.self) { try drinks.make(name, values) }
      #expect(error?.lacks(words) == [], "\(name) \(values)")
    }
  }

  @Test func ofItsKindAlone() {
    #expect(Likelihood(choice: Likelihood.poisson.choice) == .poisson)
    #expect(LearningRateSchedule(choice: LearningRateSchedule.burda().choice) == .burda())
    #expect(Likelihood(choice: Optimizer.adam().choice) == nil && Optimizer(choice: Likelihood.poisson.choice) == nil)
    #expect(Objective(choice: Likelihood.poisson.choice) == nil && LearningRateSchedule(choice: Tea()) == nil)
  }

  @Test func registered() throws {
    let drinks = Choices("drink", [Coffee.self])
    #expect(throws: VAEError.self) { try drinks.make("tea", [:]) }
    try drinks.register(Tea.self)
    try drinks.register(Tea.self)
    #expect(drinks.names == ["coffee", "tea"])
    let error = #expect(throws: VAEError.self) { try drinks.register(Mocha.self) }
    #expect(error?.lacks("drink \"coffee\" already") == [])
  }
}
