import type { ServiceName } from '@courtside/contracts';
import {
  CLOCK,
  CONFIG,
  MESSAGE_PROOF,
  SERVICE_NAME,
  type Clock,
  type ServiceConfig,
} from '@courtside/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AssertionMint } from './assertion.js';
import { CallerProofs } from './caller-proof.js';
import { IdentityGuard } from './identity.guard.js';
import { IdentityVerifier } from './identity-verifier.js';
import { signingKey, verificationKeys } from './keys.js';
import { GatewayProof, ServiceProof } from './message-proofs.js';

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
          useFactory: (name: ServiceName, config: ServiceConfig, clock: Clock) =>
            new IdentityVerifier(name, verificationKeys(config.SERVICE_JWKS), clock),
          inject: [SERVICE_NAME, CONFIG, CLOCK],
        },
        {
          provide: MESSAGE_PROOF,
          useFactory: (config: ServiceConfig, clock: Clock) =>
            new ServiceProof(new CallerProofs(signingKey(config.SERVICE_KEY), clock)),
          inject: [CONFIG, CLOCK],
        },
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
      providers: [
        {
          provide: MESSAGE_PROOF,
          useFactory: (config: ServiceConfig, clock: Clock) =>
            new GatewayProof(new AssertionMint(signingKey(config.SERVICE_KEY), clock)),
          inject: [CONFIG, CLOCK],
        },
      ],
      exports: [MESSAGE_PROOF],
    };
  }
}
