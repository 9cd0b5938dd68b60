import { inPod, NODE } from './pods.js';

export interface Door {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** A door that lets in answers within a few milliseconds; a policy drops or refuses. */
const ANSWER_WITHIN_MS = 2_000;

const withNode = (doors: readonly Door[]): string[] => [
  NODE,
  '-e',
  `const net = require('node:net');
  const knock = ({ host, port }) => new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (opened) => { socket.destroy(); resolve(opened); };
    socket.setTimeout(${ANSWER_WITHIN_MS}, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
  Promise.all(JSON.parse(process.argv[1]).map(knock)).then((all) => console.log(JSON.stringify(all)));`,
  JSON.stringify(doors),
];

/** Data stores have no Node, and a shell instead. */
const withShell = (doors: readonly Door[]): string[] => [
  'bash',
  '-c',
  `for door in "$@"; do
    (timeout ${ANSWER_WITHIN_MS / 1_000} bash -c "exec 3<>/dev/tcp/$door" 2>/dev/null && echo "$door") &
  done; wait`,
  'reach',
  ...doors.map(({ host, port }) => `${host}/${port}`),
];

/** Which of these doors a pod gets through. @returns their names, sorted */
export async function openDoors(
  namespace: string,
  pod: { readonly name: string; readonly app: string },
  doors: readonly Door[],
): Promise<string[]> {
  if (['redis', 'postgres'].includes(pod.app)) {
    const answer = await inPod(namespace, pod.name, withShell(doors));
    const opened = answer.trim().split('\n');
    return namesOf(doors.filter(({ host, port }) => opened.includes(`${host}/${port}`)));
  }
  const opened = JSON.parse(await inPod(namespace, pod.name, withNode(doors))) as boolean[];
  return namesOf(doors.filter((_, index) => opened[index]));
}

const namesOf = (doors: readonly Door[]): string[] => doors.map(({ name }) => name).toSorted();
