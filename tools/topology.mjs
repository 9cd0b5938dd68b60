/** `npm run topology`: checks topology.yaml and writes what is made from it. See `--help`. */
import { parseArgs } from 'node:util';
import { build, writeFiles } from './generate/write.mjs';

const help = `npm run topology -- [--check] [--help]

Checks topology.yaml: its keys, that services, topics and channels agree with one another and with
libs/contracts. Then writes what is made from it:

  docs/generated/system.md              the system as drawings and tables
  docs/generated/topology.v1.schema.json  its JSON Schema, for editors
  k8s/generated/redis-users.acl         a Redis user per service with the rights of its edges, and the operator's
  k8s/generated/roles.sql               a database role and a schema per service
  libs/contracts/src/generated/topology.ts  the same for the apps

With --check it writes nothing. \`npm run generate\` writes these files too.
Ends with 0 when all is well, 1 when there are faults (each as file:line:column and a sentence) or,
with --check, when a file is not what the topology makes now, 2 when it was not understood.`;

async function main() {
  let values;
  try {
    const options = { check: { type: 'boolean', default: false }, help: { type: 'boolean' } };
    ({ values } = parseArgs({ options }));
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    return 2;
  }
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (!build()) return 1;
  const [{ files }, { TopologyError }] = await Promise.all([
    import('./generate/topology.mjs'),
    import('./topology/read.mjs'),
  ]);
  try {
    const code = await writeFiles(await files(), { isCheck: values.check });
    if (code === 0) console.log('topology.yaml: nothing wrong');
    return code;
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    console.error(error.message);
    return 1;
  }
}

process.exit(await main());
