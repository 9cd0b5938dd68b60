import { parseArguments, UsageError } from './arguments.mjs';

const known = ['gateway', 'time', 'redis'];
const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean), known);
const refused = (line: string) => {
  try {
    parse(line);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error(`"${line}" was taken`);
};

describe('the command line of npm run images', () => {
  it('means all images when it names none, and else those named, in their own order', () => {
    expect(parse('').names).toEqual(known);
    expect(parse('redis gateway').names).toEqual(['gateway', 'redis']);
  });

  it('names what there is when it does not know an image or an option', () => {
    expect(refused('gatewya')).toBe('There is no image gatewya; there are gateway, time, redis.');
    expect(refused('--pusch')).toContain('--pusch');
  });

  it.each(['http://ghcr.io', 'ghcr.io/', 'GHCR.io/x y', ''])(
    'refuses "%s" as a registry',
    (host) => {
      expect(() => parseArguments([`--registry=${host}`], known)).toThrow(UsageError);
    },
  );

  it.each(['localhost:5000', 'ghcr.io/club', '127.0.0.1:30500/a/b'])('takes %s as one', (host) => {
    expect(parse(`--registry ${host}`).registry).toBe(host);
  });

  it.each(['-dash', 'a/b', `${'x'.repeat(129)}`])('refuses %s as a tag', (tag) => {
    expect(refused(`--tag=${tag}`)).toContain('--tag wants');
  });

  it('refuses what contradicts itself', () => {
    expect(refused('--push')).toContain('--push wants a --registry');
    expect(refused('--digests x.yaml')).toContain('--digests wants the --registry');
    expect(refused('--digests x.yaml --registry r.example')).toContain('--digests wants --push');
    expect(refused('--builder docker --build-command x')).toContain('exclude each other');
    expect(refused('--builder podman')).toContain('--build-command');
    expect(refused('--built')).toContain('--built wants --push');
    expect(refused('--built --push --registry r.example --build-command x')).toContain('--built');
    expect(refused('--platform amd64')).toContain('linux/amd64');
    expect(refused('--build-arg app=x')).toContain('NAME=VALUE');
  });

  it('takes a command of its own with its arguments', () => {
    const { buildCommand } = parseArguments(['--build-command', 'sudo  make-image --quiet'], known);
    expect(buildCommand).toEqual(['sudo', 'make-image', '--quiet']);
  });
});
