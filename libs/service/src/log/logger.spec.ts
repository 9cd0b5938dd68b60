import { inRequest } from '../request/request-context.js';
import { createLogger } from './logger.js';

function aLog() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const logger = createLogger({
    app: 'users',
    level: 'info',
    format: 'json',
    destination: { write },
  });
  return { logger, lines };
}

describe('a log line', () => {
  it('names the app, and inside a request its id, its trace and the user', () => {
    const { logger, lines } = aLog();
    const request = {
      requestId: 'r1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      deadline: 0,
      metadata: {},
      identity: { kind: 'user', userId: 'u1', sessionId: 's', roles: [], permissions: [] } as const,
    };
    inRequest(request, () => logger.info('inside'));
    logger.info('outside');
    expect(lines[0]).toMatchObject({
      service: 'users',
      level: 'info',
      requestId: 'r1',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      userId: 'u1',
    });
    expect(lines[1]).not.toHaveProperty('requestId');
  });

  it('never shows a password or a token', () => {
    const { logger, lines } = aLog();
    logger.info(
      { password: 'pw-1', input: { password: 'pw-2', access_token: 'at-1' } },
      'signing in',
    );
    expect(JSON.stringify(lines)).not.toMatch(/pw-|at-1/);
  });

  it('shows an error without what was attached to it', () => {
    const { logger, lines } = aLog();
    const error = Object.assign(new Error('broke'), { code: '23505', parameters: ['pw-1'] });
    logger.error({ err: error }, 'a handler failed');
    expect(lines[0]).toMatchObject({ err: { message: 'broke', code: '23505' } });
    expect(JSON.stringify(lines)).not.toContain('pw-1');
  });

  it('below the level is not written', () => {
    const { logger, lines } = aLog();
    logger.debug('detail');
    expect(lines).toEqual([]);
  });
});
