import { subjectOf, type End, type Journal, type Run, type Sent } from './journal.js';
import { longMs, type Plan } from './plan.js';
import type { RedisModel } from './redis-model.js';
import { attemptsMax } from './replica.js';

/** Clocks agree within this, and deadlines are kept to a slot. */
const clockMs = 120;

/** What one schedule left behind, for the promises to be held against. */
interface Evidence {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly redis: RedisModel;
  readonly runsOn: ReadonlyMap<string, readonly Run[]>;
  readonly say: (broken: string) => void;
}

/** Every promise of the contract that a schedule broke, in words. */
export function brokenPromises(plan: Plan, journal: Journal, redis: RedisModel): string[] {
  const broken: string[] = [];
  const runsOn = new Map<string, Run[]>();
  for (const run of journal.runs) {
    const runs = runsOn.get(run.on);
    if (runs) runs.push(run);
    else runsOn.set(run.on, [run]);
  }
  const say = (what: string) => void broken.push(what);
  const evidence = { plan, journal, redis, runsOn, say };
  for (const sent of journal.sent) {
    if (sent.process.isDead) continue;
    if (sent.step.kind === 'request') checkRequest(evidence, sent);
  }
  checkRuns(evidence);
  checkOnce(evidence);
  checkKeys(evidence);
  checkOrder(evidence);
  for (const sent of journal.sent) if (sent.step.kind !== 'request') checkEvent(evidence, sent);
  if (plan.faults.every(({ kind }) => kind === 'drain') && journal.takeovers.length > 0) {
    say(`work was taken over though nothing failed: ${journal.takeovers.join(', ')}`);
  }
  for (const what of journal.robbed) say(`work was taken from a living replica: ${what}`);
  return broken;
}

const effectsOf = (runs: readonly Run[] = []): Run[] => runs.filter(({ hasEffect }) => hasEffect);

/** Whether the server forgot something after this time: then what it knew of it may be gone. */
const lostAfter = ({ journal }: Evidence, at: number): boolean =>
  journal.lossesAt.some((lossAt) => lossAt >= at);

const hasFault = ({ plan }: Evidence, ...kinds: string[]): boolean =>
  plan.faults.some(({ kind }) => kinds.includes(kind));

function checkRequest(evidence: Evidence, sent: Sent): void {
  const { say } = evidence;
  const { step, ends, sentAt, endedAt } = sent;
  const name = `request ${step.n} ('${step.treatment.on}', ${step.effect})`;
  const [end] = ends;
  if (!end || ends.length > 1) return say(`${name} ended ${ends.length} times`);
  if (endedAt - sentAt > step.deadlineMs + clockMs) say(`${name} ended after its deadline`);
  if (endedAt - sentAt > (step.cancelAfterMs ?? Infinity) + clockMs) {
    say(`${name} ended long after it was called off`);
  }
  const reason = whyNot(evidence, sent, end);
  if (reason) say(`${name} ended with ${JSON.stringify(end)}: ${reason}`);
}

/** Why a request must not have ended like this. */
function whyNot(evidence: Evidence, sent: Sent, end: End): string | undefined {
  const runs = evidence.runsOn.get(sent.step.treatment.on) ?? [];
  if (end.kind === 'value') {
    const run = runs.find(({ n }) => n === end.run);
    return run?.hasEffect && run.end === 'well' ? undefined : 'no run of it ended so';
  }
  if (end.kind === 'refusal') {
    const isTrue = runs.some((run) => run.end === 'refusing' || run.end === 'failing');
    return isTrue ? undefined : 'no run of it was refused';
  }
  return whyNotFailed(evidence, sent, end.code);
}

function whyNotFailed(evidence: Evidence, sent: Sent, code: string): string | undefined {
  const { step, sentAt } = sent;
  const { treatment, deadlineMs, effect, key } = step;
  const isLost = lostAfter(evidence, sentAt);
  const isLong = deadlineMs >= longMs && evidence.plan.maxInFlight > 2;
  const mayRepeat = effect !== 'once' || key !== undefined;
  switch (code) {
    case 'CANCELLED':
      return step.cancelAfterMs === undefined ? 'nobody called it off' : undefined;
    case 'KEY_REUSED':
      return key === undefined ? 'it has no key' : undefined;
    case 'NO_CONSUMER':
      if (sent.wasServed && !isNewcomer(evidence, sent)) return 'there was a replica';
      return key === undefined && !isLost && evidence.runsOn.has(treatment.on)
        ? 'it ran'
        : undefined;
    case 'UNKNOWN_OUTCOME': {
      if (isLost || wasTakenOver(evidence, treatment.on) > 0) return undefined;
      return 'no replica died over it';
    }
    case 'DEADLINE_EXCEEDED': {
      if (!isLong) return undefined;
      if (mayRepeat) return 'there was time enough';
      return hasFault(evidence, 'cut', 'restart', 'pause') ? undefined : 'no reply can be lost';
    }
    case 'DISCONNECTED':
      if (isLong) return 'there was time enough';
      if (deadlineMs < 200) return undefined;
      return hasFault(evidence, 'cut', 'restart', 'pause') ? undefined : 'nothing broke';
    default:
      return 'nothing of this schedule can lead to it';
  }
}

/** Who came after a server lost its heartbeats cannot know that replicas are about to be heard. */
function isNewcomer({ journal }: Evidence, sent: Sent): boolean {
  const first = journal.sent.find(({ process }) => process === sent.process) ?? sent;
  return journal.lossesAt.some((at) => at <= first.sentAt && at > sent.endedAt - 2_500);
}

function wasTakenOver({ journal }: Evidence, on: string, group = 'shop'): number {
  return journal.takeovers.filter((what) => what === `${on} of ${group}`).length;
}

function checkRuns({ journal, say }: Evidence): void {
  for (const { n, on, startedAt, deadline } of journal.runs) {
    if (startedAt > deadline + clockMs) say(`run ${n} on '${on}' began after its deadline`);
  }
}

function checkOnce(evidence: Evidence): void {
  const { journal, runsOn, plan, say } = evidence;
  for (const { step, sentAt } of journal.sent) {
    if (step.kind !== 'request' || step.key !== undefined) continue;
    const { on } = step.treatment;
    const effects = effectsOf(runsOn.get(on)).length;
    if (effects < 2 || lostAfter(evidence, sentAt)) continue;
    if (step.effect === 'once') say(`'${on}' must not run twice and had ${effects} effects`);
    else if (plan.faults.length === 0) say(`'${on}' had ${effects} effects though nothing failed`);
  }
}

/** What carries one idempotency key has one effect and one reply. */
function checkKeys(evidence: Evidence): void {
  const { journal, runsOn, say } = evidence;
  for (const key of ['0', '1']) {
    const all = journal.sent.filter(({ step }) => step.key === key);
    const first = all[0];
    if (!first || lostAfter(evidence, first.sentAt)) continue;
    const subjects = new Set(all.map(({ step }) => step.treatment.on));
    const effects = [...subjects].flatMap((on) => effectsOf(runsOn.get(on)));
    if (first.step.effect === 'once' && effects.length > 1) {
      say(`key ${key} must not run twice and had ${effects.length} effects`);
    }
    const runs = new Set<number | undefined>();
    for (const { ends } of all) for (const end of ends) if (end.kind === 'value') runs.add(end.run);
    if (runs.size > 1) say(`key ${key} was answered with the runs ${[...runs].join(', ')}`);
  }
}

/** Events of one key and topic run one at a time in each group, as they lie in the stream. */
function checkOrder(evidence: Evidence): void {
  const { plan, journal, runsOn, say } = evidence;
  if (journal.lossesAt.length > 0) return;
  for (const [topic, groups] of Object.entries(plan.topics)) {
    const all = journal.inOrder.filter((event) => event.topic === topic);
    for (const group of Object.keys(groups)) {
      const runsOf = (on: string) => (runsOn.get(on) ?? []).filter((run) => run.group === group);
      for (const [n, { on }] of all.entries()) {
        const begun = Math.min(...runsOf(on).map(({ startedAt }) => startedAt));
        for (const before of all.slice(0, n)) {
          // A replica that was held for dead may still run it.
          if (wasTakenOver(evidence, before.on, group) > 0) continue;
          const isLate = runsOf(before.on).some(({ endedAt }) => endedAt > begun);
          if (isLate) say(`'${on}' ran in ${group} before '${before.on}' had ended`);
        }
      }
    }
  }
}

function checkEvent(evidence: Evidence, { step, ends, process, sentAt }: Sent): void {
  const { plan, journal, runsOn, redis, say } = evidence;
  const isGarbage = step.kind === 'garbage';
  const on = isGarbage ? `{${step.n}` : step.treatment.on;
  if (ends.length !== 1 && !process.isDead) say(`'${on}' ended ${ends.length} times`);
  const dueAt = sentAt + (step.delayMs ?? 0);
  if ((runsOn.get(on) ?? []).some(({ startedAt }) => startedAt < dueAt)) {
    say(`'${on}' was handled before its time`);
  }
  const isAccepted = ends[0]?.kind === 'value';
  const mayBeLost = journal.lost.has(on);
  const topic = redis.data.queue({ kind: 'events', name: step.topic });
  for (const [group, handlers] of Object.entries(plan.topics[step.topic] ?? {})) {
    const well = (runsOn.get(on) ?? []).filter((run) => run.group === group && run.end === 'well');
    const dead = topic.deadLetters.filter((letter) => {
      return letter.group === group && (subjectOf(letter.body) ?? letter.header) === on;
    });
    const takeovers = wasTakenOver(evidence, on, group);
    const isPoison = isGarbage || step.treatment.failures >= attemptsMax;
    const mayDie = isPoison || takeovers + step.treatment.failures >= attemptsMax;
    for (let handler = 0; handler < handlers; handler += 1) {
      const times = well.filter((run) => run.handler === handler).length;
      const who = `handler ${handler} of ${group}`;
      if (isAccepted && !mayBeLost && times + dead.length === 0) {
        say(`'${on}' was accepted and is lost to ${who}`);
      }
      if (lostAfter(evidence, sentAt)) continue;
      if (times > 1 + takeovers) say(`'${on}' was handled ${times} times by ${who}`);
      if (isPoison && handler === 0 && times > 0)
        say(`'${on}' cannot be handled and was by ${who}`);
    }
    if (lostAfter(evidence, sentAt)) continue;
    if (dead.length > 0 && !mayDie) say(`'${on}' is a dead letter of ${group} without a reason`);
    if (dead.length > 1 + takeovers) say(`'${on}' is ${dead.length} dead letters of ${group}`);
  }
}
