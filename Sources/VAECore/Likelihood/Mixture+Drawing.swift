import Foundation

extension MixtureLikelihood {
  /// One of the points, or a draw of one of the components, rounded to the interval. Of a column that has a range, the component
  /// is drawn from again until a number lies in it: each keeps its share, however much of it lies outside.
  func draw(from outputs: Span<Double>, noise: ObservationNoise, into x: inout MutableSpan<Double>) {
    let (points, components) = (column.points.count, standard.componentCount)
    for index in x.indices {
      var numbers = noise.numbers(column: index)
      let place = places(of: index, columns: x.count)
      /// l_j
      func logit(_ j: Int) -> Double { standard.logWeights[j] + outputs[place.logits.lowerBound + j] }
      func value(_ k: Int, _ normal: Double) -> Double {
        let mean = standard.means[k] + exp(standard.logDeviations[k]) * outputs[place.means.lowerBound + k]
        let logScale = standard.logDeviations[k] + outputs[place.logScales.lowerBound + k]
        let scale = exp(min(max(logScale, standard.bounds.lowerBound), standard.bounds.upperBound))
        let value = column.mean + column.deviation * (mean + scale * normal)
        return column.interval > 0 ? (value / column.interval).rounded() * column.interval : value
      }
      let choice = numbers.index(count: points + components, logit: logit)
      if choice < points {
        x[index] = column.points[choice]
        continue
      }
      let component = choice - points
      x[index] = value(component, numbers.normal())
      guard let range = column.range else { continue }
      var tries = 0
      while !range.contains(x[index]), tries < Self.mostTries {
        x[index] = value(component, numbers.normal())
        tries += 1
      }
      x[index] = min(max(x[index], range.lowerBound), range.upperBound)
    }
  }

  /// Beyond so many draws the range is where the component is not, and its nearer end is taken.
  private static let mostTries = 100
}
