/** Holds the code to the sizes that keep it readable; says each place that is over. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { isSpec, projectFiles, typeScript } from './sources.mjs';

const budget = {
  linesMedian: 70,
  linesP95: 250,
  linesMax: 400,
  functionLinesMax: 70,
  constructorParametersMax: 5,
  importsMax: 15,
  anyPerThousandLines: 1,
};
/** Names that say nothing of what is inside. */
const drawers = /(^|\/)(common|shared|utils?|helpers?|core|misc)(\/|\.[a-z]+$)/;

const faults = [];
const sources = typeScript().filter((path) => !isSpec(path) && !path.includes('/migrations/'));
const measured = sources.map(measure);

function measure(path) {
  const text = readFileSync(path, 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const shape = {
    path,
    lines: text.split('\n').length - 1,
    imports: 0,
    anys: 0,
    reExports: 0,
    other: 0,
  };
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) shape.imports++;
    else if (ts.isExportDeclaration(statement)) shape.reExports++;
    else shape.other++;
  }
  const visit = (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) shape.anys++;
    if (ts.isFunctionLike(node) && node.body) judgeFunction(path, source, node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return shape;
}

function judgeFunction(path, source, node) {
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line + 1;
  const [from, to] = [lineOf(node.getStart()), lineOf(node.getEnd())];
  const lines = to - from + 1;
  if (lines > budget.functionLinesMax) {
    faults.push(
      `${path}:${from}: a function of ${lines} lines, at most ${budget.functionLinesMax}`,
    );
  }
  const parameters = node.parameters.length;
  if (ts.isConstructorDeclaration(node) && parameters > budget.constructorParametersMax) {
    faults.push(`${path}:${from}: a constructor of ${parameters} parameters has two jobs`);
  }
}

function judgeFiles() {
  for (const { path, lines, imports, reExports, other } of measured) {
    if (lines > budget.linesMax) faults.push(`${path}: ${lines} lines, at most ${budget.linesMax}`);
    if (imports > budget.importsMax)
      faults.push(`${path}: ${imports} imports, at most ${budget.importsMax}`);
    const isIndex = /^libs\/[^/]+\/src\/index\.ts$/.test(path);
    if (reExports > 0 && other === 0 && !isIndex)
      faults.push(`${path}: a barrel beside the index.ts`);
  }
  for (const path of projectFiles()) {
    if (drawers.test(path)) faults.push(`${path}: its name says nothing of what is inside`);
  }
}

function judgeTree() {
  const sizes = measured.map(({ lines }) => lines).sort((one, other) => one - other);
  const at = (share) => sizes[Math.min(sizes.length - 1, Math.floor(share * sizes.length))];
  const total = sizes.reduce((sum, lines) => sum + lines, 0);
  const anys = (measured.reduce((sum, { anys: count }) => sum + count, 0) / total) * 1000;
  if (at(0.5) > budget.linesMedian) faults.push(`the median file has ${at(0.5)} lines`);
  if (at(0.95) > budget.linesP95) faults.push(`5 % of files have over ${at(0.95)} lines`);
  if (anys > budget.anyPerThousandLines) faults.push(`${anys.toFixed(1)} any per thousand lines`);
  console.log(`${sizes.length} files, ${total} lines, median ${at(0.5)}, p95 ${at(0.95)}`);
}

judgeFiles();
judgeTree();
for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);
