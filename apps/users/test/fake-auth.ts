import { auth, Problem, type Input } from '@courtside/contracts';
import { Handles } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';

/** What auth remembers and how it behaves, for specs to set and look at. */
export const fakeAuth = {
  passwords: new Map<string, string>(),
  asked: 0,
  /** Runs before each password is set; what it throws is the answer. */
  beforeSet: (_input: Input<typeof auth.setCredential>): Promise<void> | void => undefined,
  afterSet: (): Promise<void> | void => undefined,
  reset(): void {
    this.beforeSet = () => undefined;
    this.afterSet = () => undefined;
    this.asked = 0;
  },
};

/** Stands in for auth: the same messages and rules, without hashing. */
@Controller()
export class FakeAuthController {
  @Handles(auth.setCredential)
  async set(
    @Payload({ schema: auth.setCredential.input }) input: Input<typeof auth.setCredential>,
  ): Promise<null> {
    fakeAuth.asked += 1;
    await fakeAuth.beforeSet(input);
    if (input.password.length < 15) throw new Problem('auth.password-unacceptable', 'too short');
    const known = fakeAuth.passwords.get(input.userId);
    if (known && known !== input.password) throw new Problem('auth.credential-exists');
    fakeAuth.passwords.set(input.userId, input.password);
    await fakeAuth.afterSet();
    return null;
  }
}
