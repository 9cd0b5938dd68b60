/** Closed-loop HTTP load by wrk, which costs far less than what it measures. */
import { spawn, spawnSync } from 'node:child_process';

/** Fails with a sentence where wrk is not there. */
export function needWrk() {
  if (spawnSync('wrk', ['--version']).error) {
    console.error('this benchmark sends its load with wrk: install it (Debian: apt install wrk)');
    process.exit(1);
  }
}

/**
 * @param {{ url: string, token?: string, connections: number, seconds: number, script?: string,
 *   scriptArguments?: string[] }} what `script` is one of wrk's, in Lua, for more than a GET
 * @returns {Promise<{ requests: number, perSecond: number, p50Ms: number, p99Ms: number, failed: number }>}
 */
export async function load({ url, token, connections, seconds, script, scriptArguments = [] }) {
  const header = token ? ['-H', `authorization: Bearer ${token}`] : [];
  const more = script ? ['-s', script] : [];
  const how = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...more, ...header];
  const args = [...how, url, ...(script ? ['--', ...scriptArguments] : [])];
  const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  await new Promise((resolve) => child.once('exit', resolve));
  const number = (pattern) => Number(pattern.exec(output)?.[1] ?? 0);
  return {
    requests: number(/(\d+) requests in/),
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50Ms: milliseconds(/50%\s+([\d.]+)(us|ms|s)/.exec(output)),
    p99Ms: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(output)),
    failed: number(/Non-2xx or 3xx responses: (\d+)/),
  };
}

function milliseconds(match) {
  if (!match) return NaN;
  return Number(match[1]) * { us: 0.001, ms: 1, s: 1_000 }[match[2]];
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
