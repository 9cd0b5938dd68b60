/** Has Helm make a package of a chart's folder. */
import { run } from '../../charts/check/helm.mjs';

export const helmProgram = () => process.env.HELM || 'helm';

/**
 * @param {string} folder real files
 * @param {string} out where the package goes, and its `.prov` where it is signed
 * @returns {Promise<string>} the package
 */
export async function packageChart(folder, out, { key, keyring, passphraseFile }) {
  const sign = key ? ['--sign', '--key', key, '--keyring', keyring] : [];
  const opened = passphraseFile ? ['--passphrase-file', passphraseFile] : [];
  const args = ['package', folder, '--destination', out, ...sign, ...opened];
  const { passed, output, errors } = await run(helmProgram(), args);
  const [, file] = /saved it to: (.+)$/m.exec(output) ?? [];
  if (!passed || !file) throw new Error(`helm package ${folder}: ${errors || output}`);
  return file;
}
