/**
 * Packages that NestJS's own tests import are the ones beside this file and, above it, those of the
 * project: never ones of the checkout, whose NestJS would be a second one in the same process. The
 * HTTP adapter is imported by NestJS itself, which lies above it and would not find it.
 */
const isPackage = (name) => !/^[./]|^node:/.test(name);
const nest = process.env.NEST_SOURCE;

module.exports = (name, options) => {
  const isForNest = options.basedir.startsWith(`${nest}/`) || name === '@nestjs/platform-express';
  const basedir = isForNest && isPackage(name) ? __dirname : options.basedir;
  return options.defaultResolver(name, { ...options, basedir });
};
