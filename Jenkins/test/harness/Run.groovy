import org.codehaus.groovy.control.CompilerConfiguration

/**
 * One run of a pipeline: what it was given, and everything that it did.
 *
 * Given: jenkinsfile, workspace; environment (of processes), env (of the build), params; credentials by id, as
 * [username, password], [text] or [file]; artifacts, a folder that copyArtifacts finds; answers, the first of
 * which whose pattern matches a step decides: [pattern, fail | abort].
 */
class Run {
  final Map request
  final Map<String, String> env = [:]
  final Map params = [:]
  final List steps = []
  final List stages = []
  final List options = []
  final List leaks = []
  final Set secrets = []
  final StringBuilder log = new StringBuilder()
  String result = 'SUCCESS'
  String stage = ''
  String agent = ''

  Run(Map request) {
    this.request = request
    env.putAll((request.env ?: [:]) as Map)
  }

  /** Executes a Jenkinsfile to its end; whatever happens in it is told by the report. */
  void pipeline(File file) {
    def all = new Steps(this)
    def settings = new CompilerConfiguration(scriptBaseClass: JenkinsScript.name)
    def build = new Expando(getCurrentResult: { result })
    def binding = new Binding(env: new Env(env), params: params, currentBuild: build, steps: all)
    try {
      all.script = new GroovyShell(Run.classLoader, binding, settings).parse(file)
      all.script.run()
    } catch (Throwable wrong) {
      ended(wrong)
    }
  }

  /** A step that is asked for; what the request answers to it may end it. */
  void step(String name, String text) {
    steps << [stage: stage, agent: agent, name: name, text: text]
    log << "[${name}] ${text}\n"
    def call = text ? "${name} ${text}" : name
    secrets.findAll { call.contains(it) }.each { leaks << "${name} is told a secret" }
    def answer = request.answers.find { call =~ it.pattern }
    if (answer?.abort) throw new Aborted(answer.abort as String)
    if (answer?.fail) throw new StepFailed(answer.fail as String)
  }

  /** The worst so far; what ends a stage does not end what stands beside it. */
  void ended(Throwable wrong) {
    log << "${wrong.class.simpleName}: ${wrong.message}\n"
    if (result == 'SUCCESS') result = wrong instanceof Aborted ? 'ABORTED' : 'FAILURE'
  }

  Map report() {
    if (secrets.any { log.indexOf(it) >= 0 }) leaks << 'the log has a secret'
    [result: result, stages: stages, steps: steps, options: options, leaks: leaks, log: log.toString()]
  }
}

/** The build was stopped: by somebody, by time, by a newer one. */
class Aborted extends RuntimeException {
  Aborted(String why) { super(why) }
}

class StepFailed extends RuntimeException {
  StepFailed(String why) { super(why) }
}

/** `env`: what is not there is null, what is put there becomes text. */
class Env {
  private final Map<String, String> values
  Env(Map<String, String> values) { this.values = values }
  def propertyMissing(String name) { values[name] }
  void propertyMissing(String name, value) { values[name] = value.toString() }
}

/** What a Jenkinsfile is compiled to: what it does not define itself is a step. */
abstract class JenkinsScript extends Script {
  void pipeline(Closure body) { new Pipeline(binding.steps.run, this).execute(body) }
  def methodMissing(String name, Object arguments) {
    binding.steps.invokeMethod(name, arguments)
  }
}
