import { ACCESS_CHANGED, AccessChanged, auth, type SessionAccess } from '@courtside/contracts';
import {
  Bus,
  childTraceparent,
  CONFIG,
  Hears,
  inRequest,
  newId,
  type RequestContext,
} from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { GatewayConfig } from '../config.js';

/** Sessions that are remembered: as many as users that are active at once. */
const KEPT_MAX = 10_000;
/** How long auth may take to answer, milliseconds. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * What a session may do now, as auth says. Remembered for a short while and dropped at once when
 * auth tells that it changed, so a warm request asks nobody.
 */
@Injectable()
export class SessionAccesses {
  private readonly kept: LRUCache<string, SessionAccess>;
  private readonly asked = new Map<string, Promise<SessionAccess | null>>();

  constructor(
    private readonly bus: Bus,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {
    this.kept = new LRUCache({ max: KEPT_MAX, ttl: Math.max(config.ACCESS_CACHE_MS, 1) });
  }

  /** Null when the session has ended; at once, without a promise, when it is known. */
  of(sessionId: string): SessionAccess | Promise<SessionAccess | null> {
    return this.kept.get(sessionId) ?? this.asked.get(sessionId) ?? this.ask(sessionId);
  }

  private ask(sessionId: string): Promise<SessionAccess | null> {
    const answer = inRequest(ownRequest(), () =>
      this.bus.request(auth.checkSession, { sessionId }, { deadlineMs: ANSWER_WITHIN_MS }),
    );
    this.asked.set(sessionId, answer);
    // Counted from the question: the answer is no newer than that, however long it took.
    const start = performance.now();
    // What changed while the question was under way is not remembered: `drop` has forgotten it.
    const isStillAsked = () => this.asked.get(sessionId) === answer;
    answer.then(
      (access) => {
        if (!isStillAsked()) return;
        this.asked.delete(sessionId);
        if (access && this.config.ACCESS_CACHE_MS > 0) this.kept.set(sessionId, access, { start });
      },
      () => {
        if (isStillAsked()) this.asked.delete(sessionId);
      },
    );
    return answer;
  }

  @Hears(ACCESS_CHANGED)
  drop(text: string | undefined): void {
    const change = text === undefined ? undefined : readChange(text);
    if (!change) return this.dropAll();
    this.asked.clear();
    if ('sessionId' in change) return void this.kept.delete(change.sessionId);
    for (const [sessionId, access] of this.kept.entries()) {
      if (access.userId === change.userId) this.kept.delete(sessionId);
    }
  }

  /** For when something may have changed that nobody could tell. */
  dropAll(): void {
    this.asked.clear();
    this.kept.clear();
  }
}

function readChange(text: string): AccessChanged | undefined {
  try {
    return AccessChanged.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The question is shared by all who wait for it, so it belongs to none of their requests. */
const ownRequest = (): RequestContext => ({
  requestId: newId(),
  traceparent: childTraceparent(undefined),
  deadline: Date.now() + ANSWER_WITHIN_MS,
  metadata: {},
});
