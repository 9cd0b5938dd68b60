/** A YAML file that remembers where everything stands, so that a fault can say its line. */
import { LineCounter, isMap, isNode, parseDocument } from 'yaml';

/** @typedef {{ file: string, line: number, column: number, message: string }} Fault */

/** @param {Fault} fault */
export const faultText = ({ file, line, column, message }) =>
  `${file}:${line}:${column} ${message}`;

export class YamlFile {
  #document;
  #lines = new LineCounter();

  /** @param {string} file its name, for faults @param {string} text */
  constructor(file, text) {
    this.file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const { errors, warnings } = this.#document;
    /** Where the text is no YAML. @type {Fault[]} */
    this.faults = [...errors, ...warnings].map(({ pos, message }) => this.#at(pos[0], message));
    /** What it says, as plain values. */
    this.value = this.faults.length === 0 ? this.#document.toJS({ maxAliasCount: 100 }) : undefined;
  }

  /** A fault at the value of this path, or at the nearest thing around it. @returns {Fault} */
  fault(path, message) {
    for (let length = path.length; length >= 0; length -= 1) {
      const part = path.slice(0, length);
      const node = length > 0 ? this.#document.getIn(part, true) : this.#document.contents;
      if (isNode(node) && node.range) return this.#at(node.range[0], message);
    }
    return this.#at(0, message);
  }

  /** A fault at a key of the mapping at this path. @returns {Fault} */
  keyFault(path, key, message) {
    const map = path.length > 0 ? this.#document.getIn(path, true) : this.#document.contents;
    const pair = isMap(map) ? map.items.find((item) => String(item.key) === key) : undefined;
    const start = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
    return start === undefined ? this.fault(path, message) : this.#at(start, message);
  }

  #at(offset, message) {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  }
}
