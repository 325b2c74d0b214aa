import ArgumentParser
import CommandSupport
import VAECore

struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "Lists all settings of a run, what each is, and what it usually is.",
    discussion: """
      As they stand in a run's config.json, which --config takes. Each is an option of vae train, too, with hyphens for \
      underscores, but for those that follow from something else.
      """)

  @OptionGroup var output: JSONFlag

  func run() throws {
    let settings = Settings.entries.map(Entry.init)
    if output.json { return try Terminal.printJSON(settings) }
    var table = Table(["setting", "usually", ""])
    for setting in settings { table.add([setting.name, setting.usually ?? "", setting.help]) }
    print(table.text)
  }

  private struct Entry: Encodable {
    let name: String
    let help: String
    let usually: String?
    let isOption: Bool

    init(_ entry: SettingEntry) {
      (name, help, isOption) = (entry.name, entry.help, !entry.isDerived)
      usually = entry.usual.flatMap { $0.isEmpty ? nil : $0 }
    }

    enum CodingKeys: String, CodingKey {
      case name, help, usually
      case isOption = "is_option"
    }
  }
}
