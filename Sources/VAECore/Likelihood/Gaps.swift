import Foundation

/// What a model makes of values that are missing from its data, which hold NaN there.
///
/// Where it takes them, −log p(x|z) has no term for what is missing, so that losses and scores are of what is there
/// (Mattei and Frellsen 2019, "MIWAE"); the encoder takes 0 in their place and, beside the data, a mark for each column that lacked
/// values in training where this datum lacks its.
public struct Gaps: Hashable, Sendable {
  /// What becomes of missing values.
  public enum Treatment: String, Sendable, CaseIterable, SettingRepresentable {
    /// There are none: one is an error.
    case refused
    /// What is missing has no part in the loss.
    case masked
    /// And which values are missing is drawn with each datum: training adds Σ_j −log p(m_j|z) to the loss, m_j = 1 where value j is
    /// missing, for the columns that lack values. No evaluation counts it. Training hides some values that are there from the encoder, so
    /// that what is missing can be asked for.
    case patterned
  }

  /// What becomes of missing values.
  public var treatment: Treatment
  /// The share of values that each column lacks in the training data; empty where nobody has looked, or all are there.
  public var rates: [Double]

  /// All values are there, by default.
  public init(_ treatment: Treatment = .refused, rates: [Double] = []) {
    (self.treatment, self.rates) = (treatment, rates)
  }

  /// What suits some data whose missing values are a model's business: of a table that has a schema, synthetic rows shall lack values
  /// as these do.
  ///
  /// - Parameters:
  ///   - data: the training data.
  ///   - treatment: what becomes of missing values, where somebody has said.
  /// - Throws: where a column has no value at all, or the data cannot be read.
  public init(of data: some DataSource, _ treatment: Treatment? = nil) throws(VAEError) {
    // A number by modes is two columns, of which none is missing without the other.
    let suits = data.columns?.schema.map { $0.encoding == nil ? Treatment.patterned : .masked } ?? .masked
    self.init(treatment ?? suits, rates: try Gaps.rates(of: data))
  }

  /// Whether values may be missing.
  public var areTaken: Bool {
    switch treatment {
    case .refused: false
    case .masked, .patterned: true
    }
  }

  /// Whether which values are missing is a part of the model.
  var arePatterned: Bool {
    switch treatment {
    case .refused, .masked: false
    case .patterned: true
    }
  }

  /// The columns that lacked values in training.
  var columns: [Int] { areTaken ? rates.indices.filter { rates[$0] > 0 } : [] }

  /// What is said of a datum without values.
  static let nothingKnown = "every value is missing, so that nothing is known of the datum. Leave the row out."

  /// Throws where the rates are none of data of that size.
  func validate(dataSize: Int) throws(VAEError) {
    guard rates.isEmpty || rates.count == dataSize && rates.allSatisfy({ $0 >= 0 && $0 < 1 }) else {
      throw VAEError(
        .configuration,
        "The rates of missing values (gap_rates) are \(rates.count), for data of \(dataSize) values; there must be one for each, "
          + "from 0 to less than 1.")
    }
  }

  /// The share of values that each column of some data lacks: as their schema has counted them, else from a pass over them.
  ///
  /// - Throws: where a column has no value at all, or the data cannot be read.
  public static func rates(of data: some DataSource) throws(VAEError) -> [Double] {
    var missing = [Int](repeating: 0, count: data.dataSize)
    if !data.storedType.isInteger {
      try data.forEachChunk { _, chunk throws(VAEError) in
        guard chunk.bounds == nil else { return }
        chunk.forEachDatum(as: Double.self) { (_, values) throws(Never) in
          for (column, value) in values.enumerated() where value.isNaN { missing[column] += 1 }
        }
      }
    }
    if data.count > 0, let column = missing.firstIndex(of: data.count) {
      let title = data.columns?.title(column) ?? String(column + 1)
      throw VAEError(
        .data, "In \(data.name), the column \(title) has no value at all: leave it out.", remedy: .leaveOutColumn(title)
      )
    }
    return missing.map { Double($0) / Double(max(data.count, 1)) }
  }
}
