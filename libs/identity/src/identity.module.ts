import type { ServiceName } from '@courtside/contracts';
import {
  CLOCK,
  MESSAGE_PROOF,
  MountedSettings,
  SERVICE_NAME,
  type Clock,
  type Mounted,
} from '@courtside/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AssertionMint } from './assertion.js';
import { CallerProofs } from './caller-proof.js';
import { GuardedWrites } from './guarded-writes.js';
import { IdentityGuard } from './identity.guard.js';
import { IdentityVerifier } from './identity-verifier.js';
import { serviceKey, verificationKeys, type SigningKey } from './keys.js';
import { GatewayProof, ServiceProof } from './message-proofs.js';
import { RefusedMessages } from './refused-messages.js';

/** Identity for an app: how it proves who asks, and how it demands that proof. */
@Module({})
export class IdentityModule {
  /** For an app on the bus: every handler demands proof, every message carries it on. */
  static forService(): DynamicModule {
    return {
      module: IdentityModule,
      global: true,
      providers: [
        {
          provide: IdentityVerifier,
          useFactory: (name: ServiceName, settings: MountedSettings, clock: Clock) =>
            new IdentityVerifier(name, settings.read('SERVICE_JWKS', verificationKeys), clock),
          inject: [SERVICE_NAME, MountedSettings, CLOCK],
        },
        messageProof((key, clock) => new ServiceProof(new CallerProofs(key, clock))),
        GuardedWrites,
        RefusedMessages,
        { provide: APP_GUARD, useClass: IdentityGuard },
      ],
      exports: [MESSAGE_PROOF, IdentityVerifier],
    };
  }

  /** For the gateway: it makes the assertions that all others rely on. */
  static forGateway(): DynamicModule {
    return {
      module: IdentityModule,
      global: true,
      providers: [messageProof((key, clock) => new GatewayProof(new AssertionMint(key, clock)))],
      exports: [MESSAGE_PROOF],
    };
  }
}

/** The proof of this app, signed with the key that is mounted for it. */
const messageProof = (
  made: (key: Mounted<SigningKey>, clock: Clock) => GatewayProof | ServiceProof,
) => ({
  provide: MESSAGE_PROOF,
  useFactory: (name: ServiceName, settings: MountedSettings, clock: Clock) =>
    made(settings.read('SERVICE_KEY', serviceKey(name)), clock),
  inject: [SERVICE_NAME, MountedSettings, CLOCK],
});
