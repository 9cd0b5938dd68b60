import { Problem, type Fault } from '@courtside/contracts';
import { StandardSchemaValidationPipe } from '@nestjs/common';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The faults of an input as JSON Pointers (RFC 6901). */
export const faultsOf = (issues: readonly Issue[]): Fault[] =>
  issues.map(({ path = [], message }) => ({
    pointer: path
      .map((step) => `/${escapeStep(typeof step === 'object' ? step.key : step)}`)
      .join(''),
    detail: message,
  }));

/** Says everything that is wrong with an input at once. */
export function invalidInput(issues: readonly Issue[]): Problem {
  const errors = faultsOf(issues);
  const detail = errors
    .slice(0, 3)
    .map((fault) => `${fault.pointer || 'input'}: ${fault.detail}`)
    .join('; ');
  return new Problem('request.invalid', detail, { errors });
}

/** Checks `@Payload({ schema })` of every handler. */
export const inputValidation = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({ exceptionFactory: invalidInput });

const escapeStep = (step: PropertyKey): string =>
  String(step).replaceAll('~', '~0').replaceAll('/', '~1');
