import { Failed, type Command } from '../command.js';

export const journeyCommand: Command = {
  does: 'walks through a running platform as people do',
  help: 'Usage: install journey --url URL',
  run: () => Promise.reject(new Failed('not yet')),
};
