import type { ServiceName } from '@courtside/contracts';
import { IdentityModule } from '@courtside/identity';
import { defineApp, serviceConfig, SINGLE_USE, type AppDefinition } from '@courtside/service';
import { Global, Module, type Type } from '@nestjs/common';
import { MemorySingleUse } from './memory-single-use.js';

@Global()
@Module({
  providers: [{ provide: SINGLE_USE, useClass: MemorySingleUse }],
  exports: [SINGLE_USE],
})
class SingleUseModule {}

/**
 * A stand-in for another service, for specs of an app that asks it: the same start, guards and
 * validation as the real one, with the given controllers.
 */
export function fakeService(name: ServiceName, ...controllers: Type[]): AppDefinition {
  @Module({ imports: [IdentityModule.forService(), SingleUseModule], controllers })
  class FakeModule {}
  return defineApp({ name, config: serviceConfig, module: () => FakeModule });
}
