/**
 * `npm run generate`: writes every file that is made from code. With `--check` it writes nothing and
 * names what has drifted.
 */
import { parseArgs } from 'node:util';
import { build, writeFiles } from './generate/write.mjs';
import { TopologyError } from './topology/read.mjs';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const names = [
  'topology',
  'environment',
  'errors',
  'services',
  'route-schema',
  'client',
  'postman',
  'asyncapi',
  'contracts',
  'charts',
  'compose',
  'licences',
  'promises',
  'api-report',
  'reference',
];

async function main() {
  if (!build()) return 1;
  const makers = await Promise.all(names.map((name) => import(`./generate/${name}.mjs`)));
  try {
    const files = await Promise.all(makers.map(({ files: make }) => make()));
    return await writeFiles(files.flat(), { isCheck: values.check });
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    console.error(error.message);
    return 1;
  }
}

process.exit(await main());
