/** A package that is installed by itself has its licence in its folder. */
import { readFileSync } from 'node:fs';

export const files = () =>
  ['libs/transport', 'apps/gateway'].map((folder) => ({
    path: `${folder}/LICENSE`,
    text: readFileSync('LICENSE', 'utf8'),
  }));
