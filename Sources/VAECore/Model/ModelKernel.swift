extension ModelConfiguration {
  /// Throws where a datum is none of such a model's, or one that is to be binarised is no grey value.
  func check(_ data: Dataset, binarization: Binarization) throws(VAEError) {
    try likelihood.check(data, binarization: binarization, gaps: gaps)
  }

  /// The likelihood as the engine runs it in training.
  package var kernel: any LikelihoodKernel { kernel(countingPatterns: true) }

  /// The likelihood as the engine runs it elsewhere, where only what is there counts.
  package var kernelOfValues: any LikelihoodKernel { kernel(countingPatterns: false) }

  private func kernel(countingPatterns: Bool) -> any LikelihoodKernel {
    let kernel = likelihood.model.kernel
    return gaps.areTaken
      ? GappedLikelihood(kernel, dataSize: dataSize, gaps, countsPatterns: countingPatterns) : kernel
  }
}
