import { isMap, isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { RouteFault } from './fault.js';

export type YamlPath = readonly PropertyKey[];

/** Far above any real table; keeps a mistaken file from being read whole. */
const CHARACTERS_MAX = 2 * 1024 * 1024;
/** Anchors may be repeated this often, so that a small file cannot unfold into a huge one. */
const ALIAS_COUNT_MAX = 100;

/** A YAML file that remembers where everything stands. */
export class YamlSource {
  private constructor(
    readonly file: string,
    private readonly document: Document,
    private readonly lines: LineCounter,
    /** What the file says, as plain values; undefined when it is no YAML. */
    readonly value: unknown,
    /** Where the text is no YAML. */
    readonly faults: readonly RouteFault[],
  ) {}

  static parse(file: string, text: string): YamlSource {
    const lines = new LineCounter();
    const document = parseDocument(text.slice(0, CHARACTERS_MAX), {
      lineCounter: lines,
      prettyErrors: false,
      version: '1.2',
    });
    const faults = [...document.errors, ...document.warnings].map(({ pos, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      return { file, line, column: col, message };
    });
    if (text.length > CHARACTERS_MAX) {
      const message = `the file is larger than ${CHARACTERS_MAX} characters`;
      faults.push({ file, line: 1, column: 1, message });
    }
    const value: unknown =
      faults.length === 0 ? document.toJS({ maxAliasCount: ALIAS_COUNT_MAX }) : undefined;
    return new YamlSource(file, document, lines, value, faults);
  }

  /** A fault at the value that stands at this path, or at the nearest thing around it. */
  fault(path: YamlPath, message: string): RouteFault {
    return this.at(this.offsetOf(path), message);
  }

  /** A fault at a key of the mapping that stands at this path. */
  keyFault(path: YamlPath, key: string, message: string): RouteFault {
    const map = this.document.getIn(path, true);
    const pair = isMap(map) ? map.items.find((item) => String(item.key) === key) : undefined;
    const offset = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
    return this.at(offset ?? this.offsetOf(path), message);
  }

  private at(offset: number, message: string): RouteFault {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  }

  private offsetOf(path: YamlPath): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length > 0 ? this.document.getIn(path.slice(0, length), true) : undefined;
      const found = length > 0 ? node : this.document.contents;
      if (isNode(found) && found.range) return found.range[0];
    }
    return 0;
  }
}
