import CommandSupport
import Foundation
import VAECore
import VAEFiles

/// What data were taken for, in lines for a person.
enum DataText {
  /// Of all parts of a set: files, formats, sizes, columns, values, conditions and weights.
  ///
  /// - Parameter arePart: whether the training data are the first of those that are still to come.
  static func lines(_ sets: DataSplit, arePart: Bool = false) -> [String] {
    var lines = sets.parts.map { name, data in
      line(name, data, sets.descriptions[name], isPart: arePart && name == "train")
    }
    if !sets.unusedFiles.isEmpty { lines.append(row("not used", CellPlace.list(sets.unusedFiles))) }
    lines += facts(sets.train, sets.descriptions["train"]?.table)
    for (name, _) in sets.parts.dropFirst() {
      // What is said of the training part holds for these, too, but for what is left out.
      if let table = sets.descriptions[name]?.table, !table.unusedColumns.isEmpty {
        lines.append(row("", "Of \(name) not used: \(CellPlace.list(table.unusedColumns))."))
      }
    }
    return lines
  }

  /// Of one set.
  static func lines(_ name: String, _ data: any DataSource, _ description: DataSplit.Description?) -> [String] {
    [line(name, data, description)] + facts(data, description?.table)
  }

  /// What a model knows of its data.
  static func lines(_ model: VariationalAutoencoder<Float>) -> [String] {
    guard let schema = model.schema else { return [row("data", "of a kind that the model does not know")] }
    var lines: [String] = []
    let level = WhiteLevel(schema.whiteLevel)
    lines.append(
      row("values", schema.storedType.map { values(level, $0) } ?? "bytes are \(level), other numbers themselves"))
    if schema.binarization != .unchanged { lines.append(row("binarized", schema.binarization.rawValue)) }
    if let classes = schema.classes { lines.append(row("labels", "classes \(ClassList(classes))")) }
    if let names = schema.columnNames { lines.append(row("columns", CellPlace.list(names))) }
    lines += encodings(schema.columns).map { row("", $0) }
    let facts = columnFacts(model)
    return facts.isEmpty ? lines : lines + [""] + facts
  }

  /// Of each column what it is called, how it is centred and scaled, and what stands for a missing value, as a table, as far
  /// as there is something to say and few columns.
  private static func columnFacts(_ model: VariationalAutoencoder<Float>) -> [String] {
    let (scaling, substitutes) = (model.standardization, model.substitutes)
    guard scaling != nil || substitutes != nil, model.configuration.dataSize <= 64 else {
      return substitutes == nil ? [] : ["missing values become the training set's means"]
    }
    var table = Table(
      ["column", "name"] + (scaling == nil ? [] : ["mean", "deviation"])
        + (substitutes == nil ? [] : ["missing becomes"]))
    for column in 0..<model.configuration.dataSize {
      var cells = [String(column + 1), model.schema?.columnNames?[column] ?? ""]
      if let scaling { cells += [scaling.means[column].short, scaling.deviations[column].short] }
      if let substitutes { cells.append(substitutes[column].short) }
      table.add(cells)
    }
    return table.text.components(separatedBy: "\n")
  }

  private static func line(
    _ name: String, _ data: any DataSource, _ description: DataSplit.Description?, isPart: Bool = false
  ) -> String {
    let format = description.map { " (\($0.format))" } ?? ""
    let size = data.imageShape.text(ofDataSize: data.dataSize)
    return row(name, "\(data.name)\(format): \(isPart ? "at first " : "")\(data.count) data of \(size)")
  }

  /// What columns and values of data are, and what is known of each datum beside its values.
  private static func facts(_ data: any DataSource, _ table: TableReading?) -> [String] {
    var lines: [String] = []
    if let table {
      lines.append(row("table", table.dialect + (table.hasHeader ? ", a row of names" : ", no row of names")))
      lines += table.notes.map { row("", $0) }
    }
    lines.append(row("values", values(data.whiteLevel, data.storedType, data.storedPart)))
    lines += encodings(data.columns).map { row("", $0) }
    if let condition = data.condition {
      let what =
        condition.classes.map { "labels, classes \(ClassList($0))" }
        ?? "\(condition.size) number\(condition.size == 1 ? "" : "s") of each datum"
      lines.append(row("condition", "\(condition.name): \(what)"))
    }
    if data.weights != nil { lines.append(row("weights", "one of each datum")) }
    return lines
  }

  /// Which columns hold no numbers, and what stands for them.
  static func encodings(_ columns: DataColumns?) -> [String] {
    guard let columns else { return [] }
    return ColumnKind.allCases.compactMap { kind in
      let titles = (0..<columns.count).filter { columns.kinds[$0] == kind }.map { columns.title($0) }
      return titles.isEmpty ? nil : kind.encoding.map { "\($0): \(CellPlace.list(titles))" }
    }
  }

  /// "grey levels from 0 to 255, seen as 0 to 1 (bytes)"
  static func values(_ level: WhiteLevel, _ type: StoredType, _ storedPart: Double? = nil) -> String {
    let part = storedPart.map { "; \((100 * $0).short) % are stored, the others are 0" } ?? ""
    return "\(level)\(level.value == nil ? "" : ", which a model sees from 0 to 1") (\(type)\(part))"
  }

  private static func row(_ name: String, _ text: String) -> String {
    name + String(repeating: " ", count: max(1, 12 - name.count)) + text
  }
}

extension DataText {
  /// What the model makes of missing values, and where there are some.
  static func gaps(_ gaps: Gaps, _ columns: DataColumns?) -> String {
    let lacking = gaps.rates.indices.filter { gaps.rates[$0] > 0 }
    if lacking.isEmpty { return "missing values are taken for what they are; in these data there are none" }
    let named = lacking.sorted { gaps.rates[$0] > gaps.rates[$1] }.prefix(5).map { column in
      "\(columns?.title(column) ?? "column \(column + 1)") \((100 * gaps.rates[column]).digits(1)) %"
    }
    let rest = lacking.count > 5 ? ", … (\(lacking.count) columns)" : ""
    let drawn =
      switch gaps.treatment {
      case .patterned: "; which are missing is drawn, too, and counts in the training loss"
      case .masked, .refused: ""
      }
    return "missing values are taken for what they are: \(named.joined(separator: ", "))\(rest)\(drawn)"
  }
}
