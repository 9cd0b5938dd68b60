/** The file that makes compose.yaml run images by digest, as the charts do: one more `--file` of compose. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

const heading = `# What compose.yaml runs, by digest; written by npm run images. Give it beside compose.yaml:
#   docker compose --file compose.yaml --file THIS up
`;

/** `courtside/users:0.1.0` is the image of users. */
const imageName = ({ image }) => /^courtside\/([a-z0-9-]+):/.exec(image)?.[1];

/**
 * @param {{ services: Record<string, { image: string, build?: object }> }} compose compose.yaml
 * @param {Record<string, { reference: string, digest: string }>} digests by the name of the image
 * @returns {string} an override with each service whose image is among them
 */
export function composeDigests({ services }, digests) {
  const lines = Object.entries(services).flatMap(([name, service]) => {
    const { reference, digest } = digests[imageName(service)] ?? {};
    if (!digest) return [];
    const lines = [`  ${name}:`, `    image: ${reference}@${digest}`, '    pull_policy: missing'];
    return service.build ? lines.concat('    build: !reset null') : lines;
  });
  return `${heading}services:${lines.length > 0 ? `\n${lines.join('\n')}` : ' {}'}\n`;
}

export function writeComposeDigests(file, digests) {
  const compose = parse(readFileSync('compose.yaml', 'utf8'), { merge: true });
  writeFileSync(file, composeDigests(compose, digests));
}
