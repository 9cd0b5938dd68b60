import type { Agent } from 'node:https';
import type { Platform } from '../platform.js';
import {
  keptConnections,
  throughIngress,
  type Asking,
  type IngressAnswer,
} from '../through-ingress.js';
import type { Failure, Sample } from './samples.js';

/** What a journey expects of its request. */
interface Expected extends Omit<Asking, 'agent'> {
  readonly journey: string;
  readonly dueAt: number;
  readonly operation: string;
  readonly status: number;
}

/** Asks as people's programs do, writes down what came of it, and never asks a second time by itself. */
export class Visitor {
  readonly samples: Sample[] = [];
  private readonly agent: Agent = keptConnections();
  private underWay = 0;

  constructor(private readonly platform: Platform) {}

  /** @returns the answer when its status is the expected one. */
  async ask(expected: Expected): Promise<IngressAnswer | undefined> {
    const { journey, dueAt, operation, status, ...asking } = expected;
    this.underWay += 1;
    let answer: IngressAnswer | undefined;
    let code = '';
    try {
      answer = await throughIngress(this.platform, operation, { ...asking, agent: this.agent });
      if (answer.status !== status) code = codeOf(answer.text);
    } catch (error) {
      code = (error as Error).message;
    }
    this.underWay -= 1;
    const at = performance.now();
    const isFine = answer?.status === status;
    const failure: Failure = {
      journey,
      at,
      status: answer?.status ?? 0,
      code,
      retryAfter: answer?.headers['retry-after']?.toString(),
    };
    this.samples.push({ journey, dueAt, ms: at - dueAt, failure: isFine ? undefined : failure });
    return isFine ? answer : undefined;
  }

  get isWaiting(): boolean {
    return this.underWay > 0;
  }

  close(): void {
    this.agent.destroy();
  }
}

/** What an ingress says by itself is no problem of ours. */
function codeOf(text: string): string {
  try {
    return String((JSON.parse(text) as { code?: unknown }).code ?? text);
  } catch {
    return text.trim().slice(0, 80);
  }
}
