/** What Jest wrote of a run. */

/** A file of specs that could not even be loaded is a failure too. */
export function countsOf({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}
