/** The files that checks look at. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Every file that git knows or would add, and that is there. */
export function projectFiles() {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed.split('\0').filter((path) => path !== '' && existsSync(path));
}

const isGenerated = (path) => /(^|\/)generated\//.test(path);
export const isSpec = (path) =>
  /\.spec\.tsx?$|\/test\/|^e2e\/|^libs\/testing\/|\/conformance\//.test(path);

/** TypeScript of apps and libraries, without what a program wrote. */
export const typeScript = () =>
  projectFiles().filter((path) => /^(apps|libs)\/.*\.tsx?$/.test(path) && !isGenerated(path));
