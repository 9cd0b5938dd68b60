/** What the transport is to reach beside others, as ratios of medians of one run. */

/** `[contender, in flight, beside, figure, least or most, by that factor]` */
const goals = [
  ['courtside-send', 64, 'nest-redis', 'rps', 'least', 2],
  ['courtside-send', 64, 'nest-redis', 'cpuMicros', 'most', 0.5],
  ['courtside-request', 64, 'nest-redis', 'rps', 'least', 2.2],
  ['courtside-send', 64, 'nest-redis', 'p99', 'most', 0.5],
  ['courtside-send', 1, 'nest-redis', 'p50', 'most', 1],
  ['courtside-send', 64, 'nest-tcp', 'rps', 'least', 0.6],
  ['courtside-send', 64, 'nest-nats', 'rps', 'least', 1.5],
  ['courtside-send', 64, 'moleculer', 'rps', 'least', 1.5],
];

/** Prints every ratio that can be had. @returns {string[]} a sentence for each that misses its goal */
export function missedGoals(summaries) {
  const of = (contender, inFlight) =>
    summaries.find((row) => row.contender === contender && row.inFlight === inFlight);
  const missed = [];
  for (const [contender, inFlight, beside, figure, bound, factor] of goals) {
    const [ours, theirs] = [of(contender, inFlight), of(beside, inFlight)];
    if (!ours || !theirs) continue;
    const ratio = Math.round((ours[figure] / theirs[figure]) * 100) / 100;
    const sentence = `${contender} at ${inFlight}: ${figure} is ${ratio} of ${beside}, goal at ${bound} ${factor}`;
    console.log(sentence);
    if (bound === 'least' ? ratio < factor : ratio > factor) missed.push(sentence);
  }
  return missed;
}
