import { UsageError, gatewayPort, parseArguments } from './arguments.mjs';

const refused = (line: string, env = {}) => {
  try {
    parseArguments(line.split(' ').filter(Boolean), env);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error(`"${line}" was taken`);
};

describe('the command line', () => {
  it('means start when it is empty', () => {
    expect(parseArguments([], {})).toEqual({ command: 'start' });
  });

  it('takes values after a space or an equals sign', () => {
    const given = { command: 'start', port: 9000, state: 'there' };
    expect(parseArguments(['--port', '9000', '--state=there'], {})).toEqual(given);
  });

  it('names what there is when a word is unknown', () => {
    expect(refused('stat')).toBe(
      'There is no command "stat"; there are start, stop, reset, doctor.',
    );
    expect(refused('--prot 1')).toContain('There is no option --prot; there are --port, --state');
  });

  it.each(['0', '65536', 'http', '80x', '-1'])('refuses %s as a port', (port) => {
    expect(refused(`--port=${port}`)).toBe(`--port wants a number from 1 to 65535, not "${port}".`);
  });

  it('misses a value that was forgotten', () => {
    expect(refused('--port')).toBe('--port wants a value: --port 9000.');
    expect(refused('--state --split')).toBe('--state wants a value: --state DIR.');
  });

  it('refuses what excludes each other and what does not belong to a command', () => {
    expect(refused('--split --memory')).toContain('exclude each other');
    expect(refused('stop --split')).toBe('--split belongs to start; stop takes --state only.');
  });

  it('says so when npm kept an option for itself', () => {
    expect(refused('9000', { npm_config_port: 'true' })).toContain('npm start -- --port …');
    expect(refused('', { npm_config_seed: '' })).toContain('npm start -- --no-seed');
  });
});

describe("the gateway's port", () => {
  it('is the one of the command line, else PORT, else 8001', () => {
    expect(gatewayPort({ port: 1 }, { PORT: '2' })).toBe(1);
    expect(gatewayPort({}, { PORT: '2' })).toBe(2);
    expect(gatewayPort({}, {})).toBe(8001);
  });

  it('is refused when PORT is no port', () => {
    expect(() => gatewayPort({}, { PORT: 'tcp://10.0.0.1' })).toThrow(
      'PORT wants a number from 1 to 65535, not "tcp://10.0.0.1".',
    );
  });
});
