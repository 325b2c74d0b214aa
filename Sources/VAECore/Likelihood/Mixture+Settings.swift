extension MixtureLikelihood {
  static let settings = [
    Setting("mixture_components", \Self.column.components, "Components of the mixture likelihood.", .between(1, 32)),
    Setting("mixture_mean", \Self.column.mean, "Origin of the unit of the mixture likelihood's numbers."),
    Setting(
      "mixture_deviation", \Self.column.deviation, "Unit of the mixture likelihood's numbers, a standard deviation.",
      .positive),
    Setting(
      "mixture_interval", \Self.column.interval,
      "What lies between the mixture likelihood's numbers, 1 between whole ones; 0 for a density of any numbers.",
      .notNegative),
    Setting(
      "mixture_points", \Self.points,
      "Numbers that have a probability of their own in the mixture likelihood, as \"0;99999\".",
      placeholder: "numbers", usual: "none"),
    Setting(
      "mixture_range", \Self.range,
      "Between which two numbers what is drawn from the mixture likelihood lies, as \"0;99999\".",
      placeholder: "numbers", usual: "anywhere"),
    Setting(
      "mixture_weights", \Self.weights, "Shares of the mixture likelihood's points and components, where it begins.",
      placeholder: "numbers", usual: "equal"),
    Setting(
      "mixture_means", \Self.means, "Means of the mixture likelihood's components, where it begins.",
      placeholder: "numbers", usual: "evenly about the mean"),
    Setting(
      "mixture_deviations", \Self.deviations,
      "Standard deviations of the mixture likelihood's components, where it begins.", placeholder: "numbers",
      usual: "half the deviation"),
  ]

  private var range: NumberRange {
    get { NumberRange(column.range) }
    set { column.range = newValue.range }
  }
  private var points: NumberList {
    get { NumberList(column.points) }
    set { column.points = newValue.numbers }
  }
  private var weights: NumberList {
    get { NumberList(column.weights) }
    set { column.weights = newValue.numbers }
  }
  private var means: NumberList {
    get { NumberList(column.means) }
    set { column.means = newValue.numbers }
  }
  private var deviations: NumberList {
    get { NumberList(column.deviations) }
    set { column.deviations = newValue.numbers }
  }
}
