import Tensor

/// The operations that a function records, with what each of them is computed from.
///
/// ```swift
/// let graph = computationGraph(of: model) { softmaxCrossEntropy(model(images), labels) }
/// print(graph)          // a table
/// print(graph.dot)      // for Graphviz: dot -Tsvg
/// ```
public struct ComputationGraph: Sendable, CustomStringConvertible {
  /// A value that depends on what is differentiated.
  public struct Node: Sendable {
    /// The operation, such as `matmul`; nil for an argument or parameter.
    public let operation: String?
    /// The name of a parameter or argument; empty for operations.
    public let name: String
    /// The layer that computed it, such as `encoder.0 (Linear)`; empty outside of layers.
    public let layer: String
    public let shape: Shape
    /// The nodes of its operands, by position in `nodes`. Constants are none.
    public let operands: [Int]
  }

  /// The nodes in the order in which they were computed; what is differentiated comes first.
  public let nodes: [Node]

  /// A table: one line a node with its number, operation or name, operands, shape and layer.
  public var description: String {
    let rows = nodes.enumerated().map { number, node in
      [
        "\(number)", node.operation ?? node.name,
        node.operands.map(String.init).joined(separator: " "), "\(node.shape)", node.layer,
      ]
    }
    return textTable([["node", "operation", "of", "shape", "layer"]] + rows)
  }

  /// The graph in Graphviz's language: boxes for parameters and arguments, ellipses for operations,
  /// grouped by layer.
  public var dot: String {
    var lines = ["digraph {", "  rankdir=BT", "  node [fontname=\"sans-serif\"]"]
    for (number, node) in nodes.enumerated() {
      let title = node.operation ?? node.name
      let label = Self.escaped("\(title)\n\(node.shape)")
      let shape = node.operation == nil ? "box" : "ellipse"
      lines.append("  n\(number) [label=\"\(label)\", shape=\(shape)]")
    }
    let layers = Dictionary(grouping: nodes.indices) { nodes[$0].layer }
    for (place, layer) in layers.keys.filter({ !$0.isEmpty }).sorted().enumerated() {
      let members = layers[layer, default: []].map { "n\($0)" }.joined(separator: "; ")
      lines.append(
        "  subgraph cluster_\(place) { label=\"\(Self.escaped(layer))\"; color=gray; \(members) }")
    }
    for (number, node) in nodes.enumerated() {
      for operand in node.operands { lines.append("  n\(operand) -> n\(number)") }
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "\"", "\\": result += "\\\(character)"
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
  }
}

/// The graph that a loss records when it is differentiated by the parameters of a model.
public func computationGraph<Scalar>(
  of model: Any, _ loss: () throws -> Variable<Scalar>
) rethrows -> ComputationGraph {
  let parameters = Parameters(of: model)
  return try Tape.withTransform { tape, frame in
    tape.differentiate(by: parameters)
    let first = tape.nodes.count - parameters.count
    let leaves = parameters.entries.map {
      ComputationGraph.Node(
        operation: nil, name: $0.name, layer: "", shape: $0.parameter.shape, operands: [])
    }
    return try GraphRecorder.graph(from: first, leaves: leaves) { _ = try loss() }
  }
}

/// The graph that a function of tensors records when it is differentiated by them.
public func computationGraph<Scalar>(
  at arguments: [Variable<Scalar>], of function: ([Variable<Scalar>]) throws -> Variable<Scalar>
) rethrows -> ComputationGraph {
  try Tape.withTransform { tape, frame in
    let first = tape.nodes.count
    let variables = arguments.map { tape.leaf($0, level: frame.level) }
    let leaves = arguments.enumerated().map {
      ComputationGraph.Node(
        operation: nil, name: "argument \($0.offset)", layer: "", shape: $0.element.shape,
        operands: [])
    }
    return try GraphRecorder.graph(from: first, leaves: leaves) { _ = try function(variables) }
  }
}

private final class GraphRecorder: OperationObserver {
  private var nodes: [ComputationGraph.Node]
  private var places: [Int32: Int]

  static func graph(
    from first: Int, leaves: [ComputationGraph.Node], _ body: () throws -> Void
  ) rethrows -> ComputationGraph {
    let recorder = GraphRecorder(first, leaves)
    try OperationObserver.with(recorder, body)
    return ComputationGraph(nodes: recorder.nodes)
  }

  private init(_ first: Int, _ leaves: [ComputationGraph.Node]) {
    nodes = leaves
    places = Dictionary(uniqueKeysWithValues: leaves.indices.map { (Int32(first + $0), $0) })
  }

  override func computed<Scalar>(
    _ operation: Operation, _ value: Variable<Scalar>, from operands: [Origin]
  ) {
    guard !value.origin.isConstant else { return }
    places[value.origin.node] = nodes.count
    nodes.append(
      ComputationGraph.Node(
        operation: operation.rawValue, name: "", layer: LayerScope.current.description,
        shape: value.shape, operands: operands.compactMap { places[$0.node] }))
  }
}
