namespace EdgeJobs.LocalCloud.Provisioning;

/// <summary>The policy of a claim certificate: it may only request a certificate and register through one template.</summary>
internal static class ClaimPolicy
{
    public static string NameFor(string template) => $"edgejobs-claim-{template}";

    public static string JsonFor(string template) => $$"""
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "iot:Connect",
              "Resource": "arn:aws:iot:us-east-1:000000000000:client/*"
            },
            {
              "Effect": "Allow",
              "Action": ["iot:Publish", "iot:Receive"],
              "Resource": [
                "arn:aws:iot:us-east-1:000000000000:topic/$aws/certificates/create/*",
                "arn:aws:iot:us-east-1:000000000000:topic/$aws/certificates/create-from-csr/*",
                "arn:aws:iot:us-east-1:000000000000:topic/$aws/provisioning-templates/{{template}}/provision/*"
              ]
            },
            {
              "Effect": "Allow",
              "Action": "iot:Subscribe",
              "Resource": [
                "arn:aws:iot:us-east-1:000000000000:topicfilter/$aws/certificates/create/*",
                "arn:aws:iot:us-east-1:000000000000:topicfilter/$aws/certificates/create-from-csr/*",
                "arn:aws:iot:us-east-1:000000000000:topicfilter/$aws/provisioning-templates/{{template}}/provision/*"
              ]
            }
          ]
        }
        """;
}
