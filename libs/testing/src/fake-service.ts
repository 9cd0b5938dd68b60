import type { ServiceName } from '@courtside/contracts';
import { IdentityModule } from '@courtside/identity';
import { defineApp, serviceConfig, type AppDefinition } from '@courtside/service';
import { Module, type Type } from '@nestjs/common';

/**
 * A stand-in for another service, for specs of an app that asks it: the same start, guards and
 * validation as the real one, with the given controllers.
 */
export function fakeService(name: ServiceName, ...controllers: Type[]): AppDefinition {
  @Module({ imports: [IdentityModule.forService()], controllers })
  class FakeModule {}
  return defineApp({ name, config: serviceConfig, module: () => FakeModule });
}
