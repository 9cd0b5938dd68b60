// Runs pipelines as Jenkins would: each line of standard input asks for a run, each line of standard output
// tells what came of it, both as JSON. See Run for what stands in them.
import groovy.json.JsonOutput
import groovy.json.JsonSlurper

def slurper = new JsonSlurper()
System.in.eachLine('UTF-8') { line ->
  def request = slurper.parseText(line)
  def run = new Run(request)
  if (request.jobs) new JobDsl(run).evaluate(new File(request.jobs as String))
  else run.pipeline(new File(request.jenkinsfile as String))
  println JsonOutput.toJson(run.report())
}
