import java.nio.file.FileSystems
import java.nio.file.Files
import java.nio.file.StandardCopyOption
import java.util.concurrent.TimeUnit

/** The steps that our pipelines use, by the plugins that bring them; any other is refused as Jenkins does. */
class Steps {
  final Run run
  Script script

  Steps(Run run, Script script = null) {
    this.run = run
    this.script = script
  }

  /** No step of ours takes longer, seconds. */
  private static final int DEADLINE_SECONDS = 600
  /** What is no step, but says something to one. */
  private static final List SYMBOLS = ['usernamePassword', 'file', 'string', 'lastSuccessful', 'specific']

  def sh(given) {
    def asked = given instanceof Map ? given : [script: given]
    if (asked.script instanceof GString) {
      run.leaks.addAll(asked.script.values.findAll { "${it}".toString() in run.secrets }.collect { 'Groovy put a secret into sh' })
    }
    run.step('sh', asked.script.toString())
    shell(asked.script.toString(), asked.returnStdout as boolean)
  }

  /** With -x and -e, as Jenkins calls it: what a line of it prints, everybody reads. */
  private shell(String text, boolean isWanted) {
    def (out, said) = ['.out', '.log'].collect { File.createTempFile('harness', it) }
    def builder = new ProcessBuilder('sh', '-xe', '-c', text).directory(new File(run.request.workspace as String))
    builder.environment().clear()
    builder.environment().putAll(run.request.environment + run.env)
    if (isWanted) builder.redirectError(said).redirectOutput(out)
    else builder.redirectErrorStream(true).redirectOutput(said)
    def process = builder.start()
    process.outputStream.close()
    def inTime = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)
    if (!inTime) process.destroyForcibly().waitFor()
    def answer = out.text
    run.log << said.text << answer
    [out, said]*.delete()
    if (!inTime) throw new Aborted("not within ${DEADLINE_SECONDS} s")
    if (process.exitValue() != 0) throw new StepFailed("script returned exit code ${process.exitValue()}")
    isWanted ? answer : null
  }

  def script(Closure body) { inside(body) }
  def echo(text) { run.step('echo', text.toString()) }

  def container(String name, Closure body) { run.step('container', name); inside(body) }
  def lock(String resource, Closure body) { run.step('lock', resource); inside(body) }
  def milestone(int ordinal) { run.step('milestone', "${ordinal}") }
  def input(Map asked) { run.step('input', Text.of([asked])) }
  def build(Map asked) { run.step('build', Text.of([asked])) }

  def copyArtifacts(Map asked) {
    run.step('copyArtifacts', Text.of([asked]))
    def from = run.request.artifacts
    if (!from && !asked.optional) throw new StepFailed('there is no such build')
    if (!from) return
    def (source, target) = [from, run.request.workspace].collect { new File(it as String).toPath() }
    def matcher = FileSystems.default.getPathMatcher("glob:${asked.filter}")
    Files.walk(source).map { source.relativize(it) }.filter { matcher.matches(it) }.sorted().each {
      Files.createDirectories(target.resolve(it).parent)
      Files.copy(source.resolve(it), target.resolve(it), StandardCopyOption.REPLACE_EXISTING)
    }
  }

  def archiveArtifacts(Map asked) {
    run.step('archiveArtifacts', Text.of([asked]))
    def root = new File(run.request.workspace as String).toPath()
    def matcher = FileSystems.default.getPathMatcher("glob:${asked.artifacts}")
    def isThere = root.toFile().list().any { top ->
      asked.artifacts.startsWith(top) && Files.walk(root.resolve(top)).any { matcher.matches(root.relativize(it)) }
    }
    if (!isThere && !asked.allowEmptyArchive) throw new StepFailed("no artifact is ${asked.artifacts}")
  }

  def withEnv(List pairs, Closure body) {
    run.step('withEnv', pairs.join(' '))
    during(pairs.collectEntries { it.toString().split('=', 2) as List }, body)
  }

  def withCredentials(List wanted, Closure body) {
    run.step('withCredentials', wanted*.credentialsId.join(' '))
    def bound = wanted.collectEntries { bind(it as Map) }
    try {
      during(bound.collectEntries { key, value -> [(key): value.toString()] }, body)
    } finally {
      bound.values().findAll { it instanceof File }*.delete()
    }
  }

  private Map bind(Map asked) {
    def known = run.request.credentials[asked.credentialsId.toString()]
    if (!known) throw new StepFailed("there are no credentials ${asked.credentialsId}")
    run.secrets.addAll([known.password, known.text, known.file].findAll())
    if (asked.symbol == 'usernamePassword') {
      return [(asked.usernameVariable): known.username, (asked.passwordVariable): known.password]
    }
    if (asked.symbol == 'string') return [(asked.variable): known.text]
    def file = File.createTempFile('secret', '')
    file.text = known.file
    [(asked.variable): file]
  }

  private during(Map<String, String> more, Closure body) {
    def before = new LinkedHashMap(run.env)
    run.env.putAll(more)
    try {
      inside(body)
    } finally {
      more.keySet().each { before.containsKey(it) ? run.env.put(it, before[it]) : run.env.remove(it) }
    }
  }

  private inside(Closure body) {
    body.delegate = this
    body.resolveStrategy = Closure.DELEGATE_FIRST
    body.call()
  }

  def propertyMissing(String name) {
    if (name == 'env') return new Env(run.env)
    if (name == 'params') return run.params
    throw new StepFailed("there is no ${name}")
  }

  def methodMissing(String name, Object arguments) {
    def given = arguments as List
    if (name in SYMBOLS) return [symbol: name] + (given.find { it instanceof Map } ?: [value: given ? given[0] : null])
    if (script?.metaClass?.respondsTo(script, name, arguments as Object[])) return script.invokeMethod(name, arguments)
    throw new StepFailed("No such DSL method '${name}' found among steps")
  }
}

/** What was said to a step, in one line. */
class Text {
  static String of(List arguments) { arguments.collect { one(it) }.join(' ') }
  private static String one(it) {
    if (it instanceof Map) return it.findAll { key, value -> key != 'symbol' }.collect { key, value -> "${key}=${one(value)}" }.join(' ')
    if (it instanceof List) return "[${of(it)}]"
    "${it}"
  }
}
