import { QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { isDatabaseLost } from './lost-database.js';

const withCode = (code: string, message = 'told so') => Object.assign(new Error(message), { code });

describe('an error of the database', () => {
  it.each([
    ['nobody listens', withCode('ECONNREFUSED')],
    ['the line broke', withCode('ECONNRESET')],
    ['every address refused', new AggregateError([withCode('ECONNREFUSED')])],
    ['the server was told to end', withCode('57P01')],
    ['the server crashed', withCode('57P02')],
    ['the server starts', withCode('57P03')],
    ['there are too many connections', withCode('53300')],
    ['the connection ended under it', new Error('Connection terminated unexpectedly')],
    ['it ended between two statements', new QueryRunnerProviderAlreadyReleasedError()],
    ['the statement lost its connection', { driverError: withCode('57P01') }],
  ])('tells that it is away: %s', (_title, error) => {
    const asError = error instanceof Error ? error : Object.assign(new Error('failed'), error);
    expect(isDatabaseLost(asError)).toBe(true);
  });

  it.each([
    ['a constraint', withCode('23505')],
    ['a statement that took too long', withCode('57014')],
    ['a mistake in SQL', withCode('42601')],
    ['a fault of ours', new TypeError('x is not a function')],
    ['no error', 'Connection terminated'],
  ])('tells nothing of the kind: %s', (_title, error) => {
    expect(isDatabaseLost(error)).toBe(false);
  });
});
