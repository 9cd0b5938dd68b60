/** One platform on a real cluster, from its images to what is left of it. The order is that of a life. */
import { alone } from './alone.js';
import { backups } from './backups.js';
import { bothDoors } from './both-doors.js';
import { changes } from './changes/changes.js';
import { changedNamespace } from './changes/stage.js';
import { deleteNamespaces } from './cluster.js';
import { demo } from './demo.js';
import { journeys } from './journeys.js';
import { faultsNamespace } from './kill.js';
import { installation } from './installation.js';
import { kept } from './kept.js';
import { postman } from './postman.js';
import { published } from './published.js';
import { reachability } from './reachability.js';
import { removal } from './removal.js';
import { rights } from './rights.js';
import { routeTables } from './route-tables.js';
import { settings } from './settings.js';
import { storesLost } from './stores-lost.js';
import { upgrades } from './upgrades.js';

jest.setTimeout(300_000);

describe('Courtside on a Kubernetes cluster', () => {
  const names = [
    ...['', '-monitoring', '-elsewhere', '-demo'].map((end) => settings.namespace + end),
    ...[changedNamespace, faultsNamespace],
  ];
  beforeAll(() => deleteNamespaces(names));
  afterAll(() => deleteNamespaces(names));

  installation();
  journeys();
  postman();
  bothDoors();
  kept();
  reachability();
  rights();
  routeTables();
  upgrades();
  alone();
  published();
  storesLost();
  backups();
  removal();
  changes();
  demo();
});
