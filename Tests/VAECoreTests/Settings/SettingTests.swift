import Foundation
import TestSupport
import Testing
import VAECore

/// What is declared once is read, written, checked and refused accordingly.
struct SettingTests {
  /// A recipe with a setting of each sort.
  struct Recipe: Configurable, Equatable {
    enum Heat: String, CaseIterable, SettingRepresentable { case low, high }

    var eggs = 2
    var sugar = 0.5
    var seed: UInt64 = 0
    var isVegan = false
    var heat = Heat.low
    var layers: [Int] = []
    var cook: String?

    static let usual = Recipe()
    static let settings: [Setting<Recipe>] = [
      Setting("eggs", \.eggs, "How many.", .from(1)),
      Setting("sugar", \.sugar, "How much.", .between(0, 1)),
      Setting("seed", \.seed, "Of the dough's noise."),
      Setting("is_vegan", \.isVegan, "Whether it is."),
      Setting("heat", \.heat, "How hot."),
      Setting("layers", \.layers, "Their thicknesses."),
      Setting("cook", \.cook, "Who it is.", isBrief: true),
    ]
  }

  @Test func valuesGoThereAndBack() throws {
    #expect(try Recipe(settings: [:]) == .usual)
    #expect(
      Recipe.usual.settingValues
        == [
          "eggs": .integer(2), "sugar": .number(0.5), "seed": .integer(0), "is_vegan": .flag(false),
          "heat": .text("low"), "layers": .list([]),
        ].merging(["seed": .unsigned(0)]) { $1 })
    let values: [String: SettingValue] = [
      "eggs": .integer(3), "sugar": .integer(1), "seed": .unsigned(.max), "is_vegan": .flag(true),
      "heat": .text("high"), "layers": .list([2, 1]), "cook": .text("Ada"),
    ]
    let other = Recipe(
      eggs: 3, sugar: 1, seed: .max, isVegan: true, heat: .high, layers: [2, 1], cook: "Ada")
    #expect(try Recipe(settings: values) == other)
    #expect(try Recipe(settings: other.settingValues) == other)
  }

  /// As text, each form reads what it writes, and nothing that is of another.
  @Test func textsGoThereAndBack() throws {
    for (name, value) in Recipe(eggs: 9, sugar: 1e-9, seed: .max, heat: .high, layers: [2, 1]).settingValues {
      let form = Recipe.settingEntries.first { $0.name == name }!.form
      #expect(form.value(of: value.text) == value, "\(name)")
    }
    #expect(SettingForm.list.value(of: "none") == .list([]))
    let refused: [(SettingForm, String)] = [
      (.integer, "1.5"), (.integer, ""), (.unsigned, "-1"), (.number, "x"), (.flag, "yes"), (.word(["a"]), "b"),
      (.numberOr(["a"]), "b"), (.integerFrom(1, or: ["a"]), "0"), (.integerFrom(1, or: ["a"]), "b"), (.list, "1,,2"),
      (.list, "1,x"), (.object, "a 1"),
    ]
    for (form, text) in refused { #expect(form.value(of: text) == nil, "\(form) \(text)") }
  }

  @Test func valuesOfAnotherSortAreRefused() {
    let wrong: [(String, SettingValue)] = [
      ("eggs", .number(2.5)), ("eggs", .text("2")), ("sugar", .flag(true)), ("sugar", .number(.nan)),
      ("seed", .integer(-1)), ("is_vegan", .integer(1)), ("heat", .text("medium")), ("layers", .integer(3)),
      ("cook", .integer(1)),
    ]
    for (name, value) in wrong {
      let error = #expect(throws: VAEError.self) { try Recipe(settings: [name: value]) }
      #expect(error?.lacks("\"\(name)\"") == [], "\(name) = \(value)")
    }
  }

  @Test func numbersThatMakeNoSenseAreRefused() throws {
    for (values, demand): ([String: SettingValue], String) in [
      (["eggs": .integer(0)], "at least 1"), (["sugar": .number(1.5)], "from 0 to 1"),
    ] {
      let recipe = try Recipe(settings: values)
      let error = #expect(throws: VAEError.self) { try recipe.checkSettings() }
      #expect(error?.lacks(demand) == [])
    }
  }

  /// Numbers between which there is a demand's limit.
  @Test(arguments: [
    (SettingDemand.belowOne, 0, 1), (.notNegative, 0, -1), (.positive, 0.1, 0), (.from(2), 2, 1.5),
    (.between(-1, 1), -1, 1.1),
  ])
  func demands(demand: SettingDemand, good: Double, bad: Double) {
    let setting = Setting<Recipe>("sugar", \.sugar, "How much.", demand)
    func check(_ number: Double) throws { try setting.check(Recipe(sugar: number)) }
    #expect(throws: Never.self) { try check(good) }
    for number in [bad, .nan] { #expect(throws: VAEError.self) { try check(number) } }
  }

  /// No two of the library's settings have one name, and each has a sentence about it.
  @Test func theLibrarysOwnAreNamedApart() {
    let entries = ModelConfiguration.settingEntries + TrainingConfiguration.settingEntries + TableOptions.settingEntries
    #expect(Dictionary(grouping: entries, by: \.name).filter { $0.value.count > 1 }.keys.sorted() == [])
    #expect(entries.filter { !$0.help.hasSuffix(".") }.map(\.name) == [])
  }

  @Test func namesOfProperties() async {
    #expect(TrainingConfiguration.names(of: \.epochs) == ["epochs"])
    await #expect(processExitsWith: .failure) { _ = Recipe.names(of: \.settingValues) }
  }
}
