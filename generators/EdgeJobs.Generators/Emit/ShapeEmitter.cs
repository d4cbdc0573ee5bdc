using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the shapes of job documents, by which every fault of a document is found.</summary>
/// <param name="w">Where to.</param>
/// <param name="types">The types that documents are made of.</param>
internal sealed class ShapeEmitter(SourceWriter w, IEnumerable<TypeModel> types)
{
    /// <summary>The field with the shape of an object.</summary>
    public static string FieldOf(string type) => type + "Shape";

    /// <summary>Emits the shape of an object or a union.</summary>
    public void EmitField(TypeModel type)
    {
        w.Line("private static readonly DocumentShape " + FieldOf(type.Name) + " = new()");
        w.Line("{");
        using (w.Indent())
        {
            w.Line("Kinds = JsonKinds.Object,");
            w.Line("Expected = \"an object\",");
            if (type is UnionModel union)
            {
                EmitAlternatives(union);
            }
            else
            {
                EmitMembers((ObjectModel)type);
            }
        }

        w.Line("};");
    }

    private void EmitAlternatives(UnionModel union)
    {
        w.Line("Discriminator = " + CSharp.Literal(union.Discriminator.JsonName) + ",");
        // An alternative may hold its own union again: it is looked up when a document is checked.
        w.Line("Alternatives = new Dictionary<string, Func<DocumentShape>>");
        w.Line("{");
        using (w.Indent())
        {
            foreach (UnionAlternative alternative in union.Alternatives)
            {
                w.Line("[" + CSharp.Literal(alternative.Wire) + "] = static () => " + FieldOf(alternative.Type) + ",");
            }
        }

        w.Line("},");
    }

    private void EmitMembers(ObjectModel model)
    {
        w.Line("Members =");
        w.Line("[");
        using (w.Indent())
        {
            foreach (MemberModel member in model.Members)
            {
                EmitShape(member.Type, "new(" + CSharp.Literal(member.JsonName) + ", isRequired: " + (member.IsRequired ? "true" : "false") + ", ", "),");
            }
        }

        w.Line("],");
    }

    private void EmitShape(TypeRef type, string before, string after)
    {
        if (type is ObjectRef or UnionRef)
        {
            w.Line(before + FieldOf(type is ObjectRef o ? o.Name : ((UnionRef)type).Name) + after);
            return;
        }

        w.Line(before + "new DocumentShape");
        w.Line("{");
        using (w.Indent())
        {
            w.Line("Kinds = " + TypeNames.Kinds(type) + ",");
            w.Line("Expected = " + CSharp.Literal(RuleText.Kinds(type)) + ",");
            foreach (TypeRef one in type is AnyTypeRef any ? any.Alternatives : new EquatableArray<TypeRef>(new[] { type }))
            {
                EmitLimits(one);
            }
        }

        w.Line("}" + after);
    }

    private void EmitLimits(TypeRef type)
    {
        switch (type)
        {
            case StringRef s:
                EmitPredicate("IsText", "text", ValidationEmitter.StringViolation(s.Rule, "text"), RuleText.Text(s.Rule));
                break;
            case EnumRef e:
                EquatableArray<string> listed = new(types.OfType<EnumModel>().First(m => m.Name == e.Name).Values.Select(v => v.Wire).ToArray());
                StringRule values = StringRule.None with { AlsoAllowed = listed, IsClosed = true };
                EmitPredicate("IsText", "text", ValidationEmitter.StringViolation(values, "text"), RuleText.Text(values));
                break;
            case IntegerRef i:
                w.Line("IsWhole = true,");
                EmitPredicate("IsInteger", "number", ValidationEmitter.IntegerViolation(i.Rule, "number"), RuleText.Number(i.Rule));
                break;
            case NumericEnumRef e:
                EquatableArray<long> numbers = new(types.OfType<NumericEnumModel>().First(m => m.Name == e.Name).Values.Select(v => v.Wire).ToArray());
                string list = string.Join(" or ", numbers.Select(CSharp.Number));
                w.Line("IsWhole = true,");
                EmitPredicate("IsInteger", "number", "number is not (" + list + ")", "one of " + string.Join(", ", numbers.Select(CSharp.Number)));
                break;
            case BooleanRef { Constant: { } constant }:
                w.Line("IsBoolean = " + (constant ? "true" : "false") + ",");
                break;
            case NumberRef n:
                EmitPredicate("IsNumber", "number", ValidationEmitter.NumberViolation(n.Rule, "number"), RuleText.Number(n.Rule));
                break;
            case RawObjectRef { MaxBytes: >= 0 } r:
                w.Line("MaxBytes = " + CSharp.Number(r.MaxBytes) + ",");
                break;
            case ArrayRef a:
                EmitCounts(a.MinItems, a.MaxItems, "elements");
                EmitShape(a.Element, "Items = ", ",");
                break;
            case MapRef m:
                EmitCounts(m.MinProperties, m.MaxProperties, "entries");
                EmitShape(new StringRef(m.Key), "Names = ", ",");
                EmitShape(m.Value, "Items = ", ",");
                break;
        }
    }

    private void EmitPredicate(string name, string value, string violation, string limits)
    {
        if (violation.Length > 0)
        {
            // Of values that are listed, the rule is its own denial's denial.
            string listed = value + " is not (";
            bool isListed = violation.StartsWith(listed, System.StringComparison.Ordinal) && !violation.Contains("&&");
            string rule = isListed ? value + " is " + violation.Substring(listed.Length).TrimEnd(')') : "!(" + violation + ")";
            w.Line(name + " = static " + value + " => " + rule + ",");
            if (isListed)
            {
                w.Line("IsListed = true,");
            }

            w.Line("Limits = " + CSharp.Literal(limits.Replace("`", "")) + ",");
        }
    }

    private void EmitCounts(int minimum, int maximum, string unit)
    {
        if (minimum > 0)
        {
            w.Line("MinCount = " + CSharp.Number(minimum) + ",");
        }

        if (maximum >= 0)
        {
            w.Line("MaxCount = " + CSharp.Number(maximum) + ",");
        }

        if (minimum > 0 || maximum >= 0)
        {
            w.Line("Counts = " + CSharp.Literal(RuleText.Count(minimum, maximum, unit)) + ",");
        }
    }
}
