/** What an app says of its image, in `image` of its package.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const paths = z.array(z.string().regex(/^[\w@][\w@./-]*$/, 'is no plain path')).default([]);

const Settings = z
  .strictObject({
    /** Files and folders of the app that it reads at run time. */
    files: paths,
    /** Files that it reads at run time out of packages, by the name of the package. */
    packageFiles: z.record(z.string(), paths).default({}),
    /** The folder of pages that it serves; the names of what they load get a hash. */
    pages: z.string().optional(),
  })
  .prefault({});

/**
 * @param {string} folder of the app
 * @returns {{ name: string, version: string, settings: z.output<typeof Settings> }}
 */
export function readManifest(folder) {
  const file = join(folder, 'package.json');
  const { name, version, image } = JSON.parse(readFileSync(file, 'utf8'));
  const { data, error } = Settings.safeParse(image);
  if (error) throw new Error(`${file}: "image" is wrong:\n${z.prettifyError(error)}`);
  return { name, version, settings: data };
}
