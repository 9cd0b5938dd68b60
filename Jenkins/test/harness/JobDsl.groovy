import org.codehaus.groovy.control.CompilerConfiguration

/** Reads a seed of jobs and tells, as steps, each value that it sets by the path of its blocks. */
class JobDsl {
  private final Run run
  JobDsl(Run run) { this.run = run }

  void evaluate(File file) {
    try {
      def settings = new CompilerConfiguration(scriptBaseClass: SeedScript.name)
      def script = new GroovyShell(JobDsl.classLoader, new Binding(), settings).parse(file)
      script.binding.block = new Block(run: run, path: '')
      script.run()
    } catch (Throwable wrong) {
      run.ended(wrong)
    }
  }
}

abstract class SeedScript extends Script {
  def methodMissing(String name, Object arguments) { binding.block.invokeMethod(name, arguments) }
}

class Block {
  Run run
  String path
  def methodMissing(String name, Object arguments) {
    def given = arguments as List
    def body = given ? given[-1] : null
    def values = given.findAll { !(it instanceof Closure) }
    def here = [path, name].findAll().join('.')
    run.step(here, values.join(' '))
    if (body instanceof Closure) {
      body.delegate = new Block(run: run, path: here)
      body.resolveStrategy = Closure.DELEGATE_ONLY
      body.call()
    }
  }
}
