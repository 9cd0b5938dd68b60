/** What the transport exports, as types alone: a change of the public surface is a change of these files. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const LIBRARY = resolve('libs/transport');
/** Entry points by the name of their report. */
const entries = { api: 'index', 'api-conformance': 'conformance/conformance' };

function reportOf(name, entry, folder) {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: join(LIBRARY, 'api-extractor.json'),
    packageJsonFullPath: join(LIBRARY, 'package.json'),
    configObject: {
      projectFolder: LIBRARY,
      mainEntryPointFilePath: join(LIBRARY, 'dist', `${entry}.d.ts`),
      compiler: { tsconfigFilePath: join(LIBRARY, 'tsconfig.json'), skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: folder,
        reportTempFolder: folder,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        // Its version of what a tag may be is stricter than ours; typedoc checks the comments.
        tsdocMessageReporting: { default: { logLevel: 'none' } },
        extractorMessageReporting: {
          default: { logLevel: 'error' },
          // Comments are typedoc's business, which also names what is used and not exported.
          'ae-forgotten-export': { logLevel: 'none' },
          'ae-internal-missing-underscore': { logLevel: 'none' },
          'ae-missing-release-tag': { logLevel: 'none' },
          'ae-undocumented': { logLevel: 'none' },
        },
      },
    },
  });
  const faults = [];
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      message.handled = true;
      if (message.logLevel === 'error') faults.push(message.formatMessageWithLocation(LIBRARY));
    },
  });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return readFileSync(join(folder, `${name}.api.md`), 'utf8');
}

export function files() {
  const folder = mkdtempSync(join(tmpdir(), 'api-report-'));
  try {
    return Object.entries(entries).map(([name, entry]) => ({
      path: `libs/transport/docs/generated/${name}.report.md`,
      text: reportOf(name, entry, folder),
      parser: 'markdown',
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
