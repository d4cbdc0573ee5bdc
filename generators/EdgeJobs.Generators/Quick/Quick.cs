// Bridges the time until Parse/ and EdgeJobsGenerator.cs land; deleted then.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using EdgeJobs.Generators.Emit;
using EdgeJobs.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
#pragma warning disable
namespace EdgeJobs.Generators.Quick;

[Generator]
internal sealed class QuickGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext c)
    {
        var t = c.AdditionalTextsProvider.Where(a => a.Path.EndsWith("topics.json")).Select((a, ct) => a.GetText(ct)!.ToString());
        c.RegisterSourceOutput(t, (p, s) => { foreach (var (h, src) in SpecEmitter.Emit(new Q(s).Parse())) p.AddSource(h, SourceText.From(src, Encoding.UTF8)); });
    }
}
internal sealed class Q(string json)
{
    readonly JsonElement d = JsonDocument.Parse(json).RootElement;
    readonly SortedDictionary<string, TypeModel> types = new(StringComparer.Ordinal);
    JsonElement R(JsonElement e) { while (e.ValueKind == JsonValueKind.Object && e.TryGetProperty("$ref", out var r)) e = At(r.GetString()!); return e; }
    JsonElement At(string p) { var e = d; foreach (var s in p.Substring(2).Split('/')) e = e.GetProperty(s.Replace("~1", "/")); return e; }
    static string S(JsonElement e, string n) => e.TryGetProperty(n, out var v) ? v.GetString()! : "";
    static string Pas(string s) => string.Concat(s.Split('_', '-').Select(x => x.Length == 0 ? x : char.ToUpperInvariant(x[0]) + (x.All(char.IsUpper) ? x.Substring(1).ToLowerInvariant() : x.Substring(1))));
    static string PasM(string s) => s.All(ch => char.IsUpper(ch) || ch == '_') ? Pas(s) : char.ToUpperInvariant(s[0]) + s.Substring(1);
    static long? L(JsonElement e, string n) => e.TryGetProperty(n, out var v) ? v.GetInt64() : null;
    public SpecModel Parse()
    {
        var chs = d.GetProperty("channels").EnumerateObject().ToList();
        var channels = chs.Select(c => {
            var addr = c.Value.GetProperty("address").GetString()!; var ps = new List<TopicParameter>(); var levels = new List<TopicLevel>();
            foreach (var l in addr.Split('/')) {
                int o = l.IndexOf('{'); if (o < 0) { levels.Add(new(l, -1, "")); continue; }
                int e = l.IndexOf('}'); var id = l.Substring(o + 1, e - o - 1); var p = R(c.Value.GetProperty("parameters").GetProperty(id));
                ps.Add(new(id, S(p, "description"), ((StringRef)T(p.GetProperty("x-schema"), "")).Rule)); levels.Add(new(l.Substring(0, o), ps.Count - 1, l.Substring(e + 1))); }
            return new ChannelModel(c.Name, PasM(c.Name), addr, S(c.Value, "description"), new(levels), new(ps)); }).ToList();
        int Ch(JsonElement r) => chs.FindIndex(c => "#/channels/" + c.Name == r.GetProperty("$ref").GetString());
        string Msg(int i) { var m = R(chs[i].Value.GetProperty("messages").EnumerateObject().First().Value); var o = (ObjectRef)T(m.GetProperty("payload"), ""); 
            if (m.TryGetProperty("correlationId", out var _)) { var om = (ObjectModel)types[o.Name]; types[o.Name] = om with { CorrelationMember = om.Members.ToList().FindIndex(x => x.JsonName == "clientToken") }; } return o.Name; }
        var ops = d.GetProperty("operations").EnumerateObject().Select(o => { var v = o.Value; int ci = Ch(v.GetProperty("channel")); ReplyModel? a = null, r = null;
            if (v.TryGetProperty("reply", out var rep)) { int x = Ch(rep.GetProperty("channel")); a = new(x, Msg(x)); int y = Ch(rep.GetProperty("x-rejected").GetProperty("channel")); r = new(y, Msg(y)); }
            return new OperationModel(o.Name, PasM(o.Name), S(v, "description"), S(v, "action") == "send", ci, Msg(ci), a, r, 1, false, -1); }).ToList();
        return new("Jobs", "EdgeJobs.Protocol", d.GetProperty("info").GetProperty("title").GetString()!, "1.0.0", new(channels), new(ops), new(types.Values.ToList()));
    }
    TypeRef T(JsonElement e, string name)
    {
        if (e.TryGetProperty("$ref", out var r)) { name = r.GetString()!.Split('/').Last(); e = R(e); }
        if (e.TryGetProperty("allOf", out var all)) return T(all[0], name);
        if (e.TryGetProperty("anyOf", out var any)) { var b = T(any[0], name); var k = any[1].GetProperty("const");
            return b is StringRef s ? new StringRef(s.Rule with { AlsoAllowed = new(new[] { k.GetString()! }) }) : new IntegerRef(IntegerFormat.Int64, ((IntegerRef)b).Rule with { AlsoAllowed = new(new[] { k.GetInt64() }) }); }
        switch (S(e, "type")) {
            case "string":
                if (e.TryGetProperty("enum", out var en)) { var xd = e.TryGetProperty("x-enum-descriptions", out var q) ? q : default; types[name] = new EnumModel(name, S(e, "description"), new(en.EnumerateArray().Select(v => new EnumValue(PasM(v.GetString()!), v.GetString()!, xd.ValueKind == JsonValueKind.Object ? S(xd, v.GetString()!) : "")).ToList())); return new EnumRef(name); }
                return new StringRef(Rule(e));
            case "integer": return new IntegerRef(S(e, "format") == "epoch-seconds" ? IntegerFormat.EpochSeconds : IntegerFormat.Int64, new(L(e, "minimum"), L(e, "maximum"), EquatableArray<long>.Empty));
            case "boolean": return new BooleanRef();
            case "array": return new ArrayRef(T(e.GetProperty("items"), name + "Item"), 0, -1);
            default:
                if (e.TryGetProperty("properties", out var pr)) {
                    if (!types.ContainsKey(name)) { var req = e.TryGetProperty("required", out var rq) ? rq.EnumerateArray().Select(x => x.GetString()).ToList() : new();
                        types[name] = new ObjectModel(name, S(e, "description"), new(pr.EnumerateObject().Select(p => { var tr = T(p.Value, name + PasM(p.Name)); var desc = S(p.Value, "description"); if (desc == "") desc = S(R(p.Value), "description");
                            return new MemberModel(p.Name, PasM(p.Name), desc, tr, req.Contains(p.Name), p.Value.TryGetProperty("default", out var df) ? df.GetRawText() : "", false); }).ToList()), -1, false); }
                    return new ObjectRef(name); }
                if (e.TryGetProperty("additionalProperties", out var ap) && ap.ValueKind == JsonValueKind.Object) return new MapRef(T(ap, name), Rule(e.GetProperty("propertyNames")), 0, (int)(L(e, "maxProperties") ?? -1));
                return new RawObjectRef((int)(L(e, "x-maxBytes") ?? -1)); }
    }
    StringRule Rule(JsonElement e) { var p = S(e, "pattern"); CharacterSet? cs = null;
        if (p.Contains("\\p{C}")) cs = new(p, "", true); else if (p != "") { var b = new StringBuilder(); for (char c = '!'; c < 127; c++) if (char.IsLetterOrDigit(c) || (p.Contains(":") && c == ':') || c == '_' || c == '-') b.Append(c); cs = new(p, b.ToString(), false); }
        return new((int)(L(e, "minLength") ?? 0), (int)(L(e, "maxLength") ?? -1), cs, EquatableArray<string>.Empty, false); }
}
