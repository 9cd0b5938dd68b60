import { writeFileSync } from 'node:fs';
import { tableOf } from '../load/table.js';
import { helm } from '../cluster.js';
import { buildImages, describeTrouble, RELEASE } from '../platform.js';
import { podsLost } from './pods-lost.js';
import { podsReplaced } from './pods-replaced.js';
import { buildPreviousRelease, type Release } from './previous-release.js';
import { releases } from './releases.js';
import { changedNamespace, Stage } from './stage.js';

/** What people saw, for the record of a run. */
const TABLE = '.courtside/changed-while-used.md';

/** Beside the platform of the other cases, which answers to the same name: once that is gone. */
export const changes = (): void =>
  describe('changed while people use it', () => {
    let stage: Stage;
    let previous: Release;

    beforeAll(async () => {
      await buildImages();
      previous = await buildPreviousRelease();
      stage = await Stage.open(previous).catch(async (error: Error) => {
        throw new Error(`${error.message}\n${await describeTrouble(changedNamespace)}`);
      });
    }, 900_000);

    afterAll(async () => {
      if (!stage) return;
      const table = tableOf(stage.load.cases);
      process.stderr.write(`\n${table}\n\n`);
      writeFileSync(TABLE, `${table}\n`);
      await helm(['uninstall', RELEASE, '-n', changedNamespace]);
    });

    describe('upgraded', () =>
      releases(
        () => stage,
        () => previous,
      ));
    describe('with other pods', () => podsReplaced(() => stage));
    describe('with pods that are lost', () => podsLost(() => stage));
  });
