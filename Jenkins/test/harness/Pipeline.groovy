/** Reads a declarative pipeline whole, as Jenkins does, and then executes it. */
class Pipeline {
  private final Run run
  private final Script script

  Pipeline(Run run, Script script) {
    this.run = run
    this.script = script
  }

  void execute(Closure body) {
    def whole = new StageBlock(run: run, script: script, name: 'pipeline')
    whole.read(body)
    whole.applyParameters()
    try {
      whole.body()
    } finally {
      whole.finish()
    }
  }
}

/** A stage, and the pipeline itself, whose only peculiarity is that it has parameters. */
class StageBlock {
  Run run
  Script script
  String name
  List<StageBlock> inner = []
  List<Closure> conditions = []
  List given = []
  boolean isParallel
  boolean isAskedBeforePod
  Closure work
  Map<String, Closure> afterwards = [:]
  String pod
  String status = 'SUCCESS'

  private static final List AFTER = ['always', 'aborted', 'failure', 'success', 'cleanup']

  void read(Closure body) { within(this, body) }

  void agent(String none) { if (none != 'none') throw new StepFailed("no agent ${none} here: pods alone") }
  void agent(Closure body) {
    def calls = new Calls()
    within(calls, body)
    def kubernetes = calls.only('kubernetes')
    def settings = new Calls()
    within(settings, kubernetes)
    pod = settings.only('yamlFile')
  }

  void options(Closure body) {
    def calls = new Calls(run: run)
    within(calls, body)
    calls.all.each { run.options << [stage: name, name: it[0], text: Text.of(it[1])] }
  }

  void parameters(Closure body) {
    def calls = new Calls()
    within(calls, body)
    given = calls.all.collect { it[1][0] }
  }

  void when(Closure body) {
    def calls = new Calls(run: run)
    within(calls, body)
    calls.all.each { what, arguments ->
      if (what == 'branch') conditions << { run.env.BRANCH_NAME == arguments[0] }
      else if (what == 'expression') conditions << arguments[0]
      else if (what == 'beforeAgent') isAskedBeforePod = arguments[0]
      else throw new StepFailed("the harness knows no condition ${what}")
    }
  }

  void steps(Closure body) { work = body }
  void stages(Closure body) { within(new Stages(parent: this), body) }
  void parallel(Closure body) {
    isParallel = true
    stages(body)
  }
  void post(Closure body) {
    def calls = new Calls()
    within(calls, body)
    calls.all.each { what, arguments ->
      if (!(what in AFTER)) throw new StepFailed("the harness knows no post condition ${what}")
      afterwards[what] = arguments[0]
    }
  }

  def propertyMissing(String word) {
    if (word == 'none') return word
    throw new StepFailed("${name}: there is no ${word}")
  }
  def methodMissing(String directive, Object arguments) {
    throw new StepFailed("${name}: there is no directive ${directive}")
  }

  void applyParameters() {
    given.each { one ->
      def initially = one.choices ? one.choices[0] : one.defaultValue
      def value = run.request.params?.containsKey(one.name) ? run.request.params[one.name] : initially
      if (one.choices && !(value in one.choices)) throw new StepFailed("${one.name} cannot be ${value}")
      run.params[one.name] = value
      run.env[one.name] = value.toString()
    }
    def unknown = (run.request.params ?: [:]).keySet() - given*.name
    if (unknown) throw new StepFailed("there is no parameter ${unknown.join(', ')}")
  }

  /** Executes it, unless something before it failed or its conditions do not hold. */
  void execute() {
    if (run.result != 'SUCCESS') status = 'NOT_REACHED'
    else if (!isWanted()) status = 'SKIPPED'
    else {
      def (stage, agent) = [run.stage, run.agent]
      run.stage = name
      if (pod) run.agent = pod
      try {
        body()
      } finally {
        finish()
        run.stage = stage
        run.agent = agent
      }
    }
    run.stages << [name: name, status: status]
  }

  /** Unless told otherwise, Jenkins makes a pod to find out that there is nothing to do in it. */
  private boolean isWanted() {
    if (pod && !isAskedBeforePod) run.step('pod', pod)
    def wanted = conditions.every { condition(it) }
    if (pod && isAskedBeforePod && wanted) run.step('pod', pod)
    wanted
  }

  private boolean condition(Closure asked) {
    asked.delegate = new Steps(run, script)
    asked.resolveStrategy = Closure.DELEGATE_FIRST
    asked.call() as boolean
  }

  void body() {
    try {
      if (pod) run.agent = pod
      if (work) within(new Steps(run, script), work)
      // What stands side by side in Jenkins stands in a row here, and none hears of another's failure.
      def before = run.result
      inner.each { one ->
        if (isParallel) run.result = before
        one.execute()
      }
      if (isParallel) run.result = inner.collect { it.status }.find { it in ['FAILURE', 'ABORTED'] } ?: before
    } catch (Throwable wrong) {
      run.ended(wrong)
      status = run.result
    }
    if (inner.any { it.status == 'FAILURE' }) status = 'FAILURE'
  }

  void finish() {
    def outcome = name == 'pipeline' ? run.result : status
    def due = ['always': true, 'aborted': outcome == 'ABORTED', 'failure': outcome == 'FAILURE',
               'success': outcome == 'SUCCESS', 'cleanup': true]
    AFTER.findAll { due[it] && afterwards[it] }.each { what ->
      try {
        within(new Steps(run, script), afterwards[what])
      } catch (Throwable wrong) {
        run.ended(wrong)
        status = 'FAILURE'
      }
    }
  }

  static within(Object delegate, Closure body) {
    body.delegate = delegate
    body.resolveStrategy = Closure.DELEGATE_ONLY
    body.call()
  }
}

/** The stages inside `stages` or `parallel`. */
class Stages {
  StageBlock parent
  void stage(String name, Closure body) {
    def one = new StageBlock(run: parent.run, script: parent.script, name: name)
    one.read(body)
    parent.inner << one
  }
}

/** Collects what is called in a block that only says how something is to be. */
class Calls {
  Run run
  List all = []
  def methodMissing(String name, Object arguments) {
    all << [name, arguments as List]
    [symbol: name] + ((arguments as List).find { it instanceof Map } ?: [:])
  }
  def propertyMissing(String name) {
    if (name == 'env' && run) return new Env(run.env)
    if (name == 'params' && run) return run.params
    throw new StepFailed("there is no ${name} here")
  }
  def only(String name) {
    def found = all.find { it[0] == name }
    if (!found) throw new StepFailed("${name} is missing")
    found[1][0]
  }
}
