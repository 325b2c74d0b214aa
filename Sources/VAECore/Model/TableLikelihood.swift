import Foundation

extension Likelihood {
  /// The likelihood that suits the columns of a table: a ``category(sizes:counts:choice:)`` of each column of categories or of True and False, a
  /// ``mixture(_:)`` of each column of numbers or dates, which begin at what the columns are by themselves.
  ///
  /// Numbers on a grid, as whole ones, have the probability of what is rounded to them; finer ones a density. Where a number
  /// occurs often, it has a probability of its own (``TableColumn/points``).
  ///
  /// Of numbers given by modes (``DataSource/inModes(seed:)``) it is that of TVAE: ``mode`` of places in modes, and of categories and modes
  /// the most probable one when rows are drawn.
  ///
  /// - Parameters:
  ///   - schema: that of the data.
  ///   - data: the mixtures are fitted to at most 10⁵ of them.
  ///   - seed: determines which, and where fitting begins.
  /// - Throws: where the data cannot be read.
  public static func table(
    _ schema: TableSchema, data: some DataSource, seed: UInt64 = 0
  ) throws(VAEError) -> Likelihood {
    precondition(schema.columns.count == data.dataSize, "\(schema.columns.count) columns of \(data.dataSize) values")
    if schema.encoding != nil { return .modes(schema) }
    for (index, column) in schema.columns.enumerated() {
      guard let range = column.range,
        !(-mostMagnitude...mostMagnitude).contains(range.lowerBound)
          || !(-mostMagnitude...mostMagnitude).contains(range.upperBound)
      else { continue }
      let number = abs(range.lowerBound) > abs(range.upperBound) ? range.lowerBound : range.upperBound
      throw VAEError(
        .data,
        "The column \(schema.titles[index]) of \(data.name) has the number \(number), beyond what single precision can square: "
          + "leave the column out, or write it in another unit.", remedy: .leaveOutColumn(schema.titles[index]))
    }
    let count = min(data.count, 100_000)
    let some = try data.subset(count: count, seed: seed).rows(0..<count, as: Double.self)
    var groups: [Columns] = []
    var categories: [TableColumn] = []
    /// Neighbouring columns of categories have one likelihood.
    func endCategories() {
      guard !categories.isEmpty else { return }
      let counts = categories.flatMap { $0.categories.map(\.count) }
      groups.append(
        Columns(categories.count, .category(sizes: categories.map(\.categories.count), counts: counts)))
      categories = []
    }
    for (index, column) in schema.columns.enumerated() {
      if column.kind.hasCategories {
        categories.append(column)
      } else {
        endCategories()
        let values = (0..<count).map { some[$0, index] }.filter(\.isFinite)
        if let range = column.range, range.lowerBound < range.upperBound,
          range.upperBound - range.lowerBound < 1e-30
        {
          throw VAEError(
            .data,
            "The numbers of the column \(schema.titles[index]) of \(data.name) are at most \(range.upperBound - range.lowerBound) apart, beyond "
              + "what single precision can square: leave the column out, or write it in another unit.",
            remedy: .leaveOutColumn(schema.titles[index]))
        }
        if let (value, demand) = column.contradiction(in: values) {
          throw VAEError(
            .data,
            "The column \(schema.titles[index]) of \(data.name) has the number \(value), and the schema says that all \(demand): edit the "
              + "schema, or have it found.", remedy: .findSchema)
        }
        groups.append(Columns(1, .mixture(MixtureColumn(column, values: values, seed: seed))))
      }
    }
    endCategories()
    return .mixed(groups)
  }

  /// That of a table whose numbers are given by modes.
  private static func modes(_ schema: TableSchema) -> Likelihood {
    .mixed(
      schema.columns.map { column in
        Columns(
          1,
          column.kind.hasCategories
            ? .category(sizes: [column.categories.count], choice: .mostProbable) : .mode)
      })
  }

  /// Beyond it, squares leave the range of `Float`.
  private static let mostMagnitude = 1e18
}

extension MixtureColumn {
  /// A column of a table, some of whose values are given.
  fileprivate init(_ column: TableColumn, values: [Double], seed: UInt64) {
    let isConstant = column.range.map { $0.lowerBound == $0.upperBound } ?? true
    // A constant comes back exactly; of many points those that occur the most often are kept.
    let frequent = column.points.sorted { $0.count > $1.count }.prefix(Self.mostPoints).map(\.value).sorted()
    let points = isConstant ? [column.range?.lowerBound ?? 0] : frequent
    self.init(
      fitting: values.isEmpty ? points : values, components: isConstant ? 1 : 6, interval: column.grid, points: points,
      seed: seed)
    range = column.range
  }

  /// The most points that a column is given.
  private static let mostPoints = 64
}

extension TableColumn {
  /// One of some numbers that the column cannot have, and what all are said to be; nil where it can have all.
  fileprivate func contradiction(in values: [Double]) -> (value: Double, demand: String)? {
    // Data may be in single precision.
    func rounding(_ value: Double) -> Double { 0x1p-23 * abs(value) }
    if let range,
      let value = values.first(where: {
        $0 < range.lowerBound - rounding($0) || $0 > range.upperBound + rounding($0)
      })
    {
      return (value, "are from \(range.lowerBound) to \(range.upperBound)")
    }
    func isOff(_ value: Double, _ step: Double) -> Bool {
      abs((value / step).rounded() * step - value) > 1e-3 * step + 2 * rounding(value)
    }
    if let spacing, let value = values.first(where: { isOff($0, spacing) }) {
      return (value, "are multiples of \(spacing)")
    }
    if hasExponents { return nil }
    let least = pow(10, -Double(decimals))
    return values.first { isOff($0, least) }.map { ($0, "have at most so many decimals: \(decimals)") }
  }

  /// What lies between neighbouring values; 0 where numbers that need not be whole are so fine beside their standard deviation
  /// that a density says the same.
  fileprivate var grid: Double {
    if hasExponents { return 0 }
    let step = spacing ?? pow(10, -Double(decimals))
    return kind.isWhole || step > 1e-3 * (standardDeviation ?? 0) ? step : 0
  }
}
