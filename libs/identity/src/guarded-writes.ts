import { HandledMessages, SINGLE_USE, type SingleUse } from '@courtside/service';
import { Inject, Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import type { Verdict } from './identity-verifier.js';

/** Lets the proof of a guarded write through once. An app that has one must be able to remember. */
@Injectable()
export class GuardedWrites implements OnModuleInit {
  constructor(
    private readonly handled: HandledMessages,
    @Optional() @Inject(SINGLE_USE) private readonly singleUse?: SingleUse,
  ) {}

  /** @throws Error when this app handles a guarded write and has nothing to remember proofs in. */
  onModuleInit(): void {
    const guarded = this.handled.all().find((message) => message.guards);
    if (!guarded || this.singleUse) return;
    throw new Error(
      `${guarded.name} guards ${guarded.guards}, so its proof must be used once: give ${guarded.service} ` +
        'a SingleUse, as DatabaseModule.with({ singleUse: true }) does',
    );
  }

  /** Uses a proof up; false when it was used before. */
  async useUp({ id, expiresAt }: NonNullable<Verdict['useOnce']>): Promise<boolean> {
    return (await this.singleUse?.claim(id, expiresAt)) ?? false;
  }
}
